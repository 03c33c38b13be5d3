/** Where an expression may start: ranges collected from hits, each place once however many hits point to it. */

export class StartRanges {
  readonly #ranges: number[] = []
  #from = -1
  #to = -2

  /** `from` to `to`, both inclusive. Hits come by ascending end, so ranges nearly ascend. */
  add(from: number, to: number): void {
    if (to < 0) return
    const first = Math.max(0, from)
    if (first > this.#to + 1) {
      this.#flush()
      this.#from = first
      this.#to = to
      return
    }
    if (first < this.#from) this.#from = first
    if (to > this.#to) this.#to = to
  }

  #flush(): void {
    if (this.#to >= this.#from) this.#ranges.push(this.#from, this.#to)
  }

  /** From and to of each range in turn; ask once, when all have been added. */
  take(): readonly number[] {
    this.#flush()
    return this.#ranges
  }
}
