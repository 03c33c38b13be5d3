const sizeMin = 16
/** What a long text has made larger than this is given back. */
const keptSizeMax = 4_096

/** Numbers in a buffer that is used again for the next text. */
export class NumberList {
  values = new Float64Array(sizeMin)
  size = 0
  #isAscending = true

  push(value: number): void {
    if (this.size > 0 && value < this.at(this.size - 1)) this.#isAscending = false
    if (this.size === this.values.length) {
      const larger = new Float64Array(this.size * 2)
      larger.set(this.values)
      this.values = larger
    }
    this.values[this.size++] = value
  }

  at(index: number): number {
    return this.values[index] ?? 0
  }

  clear(): void {
    if (this.size > keptSizeMax) this.values = new Float64Array(sizeMin)
    this.size = 0
    this.#isAscending = true
  }

  /** Ascending. */
  sort(): void {
    if (!this.#isAscending) this.values.subarray(0, this.size).sort()
    this.#isAscending = true
  }

  /** Index of the first value that is at least `least`, in an ascending list. */
  find(least: number): number {
    let low = 0
    let high = this.size
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.at(middle) < least) low = middle + 1
      else high = middle
    }
    return low
  }
}
