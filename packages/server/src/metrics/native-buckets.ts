/**
 * The sparse exponential buckets of a native histogram. Bucket i of schema s holds values in
 * (2^((i-1)·2^-s), 2^(i·2^-s)]; values up to the zero threshold go to the zero bucket.
 * Source: https://prometheus.io/docs/specs/native_histograms/
 */

/** Eight buckets per power of two: quantiles are off by at most 4.4 %. */
const finestSchema = 3
const coarsestSchema = -4
/** Smallest to largest bucket; a wider range halves the resolution. 160 at schema 3 hold 5 ms to 1 h in one. */
const bucketLimit = 160
/** That of the Prometheus client libraries, so that histograms of several processes add up. */
export const zeroThreshold = 2 ** -128

const bucketsPerPower = 2 ** finestSchema
const mantissaBounds = Float64Array.from({ length: bucketsPerPower }, (_, k) => 2 ** (k / bucketsPerPower))
const bits = new DataView(new ArrayBuffer(8))

/** Exact, where a logarithm would be off by one beside the bounds. */
function finestIndex(value: number): number {
  bits.setFloat64(0, value)
  const high = bits.getUint32(0)
  const exponent = ((high >>> 20) & 0x7ff) - 1023
  bits.setUint32(0, (high & 0xf_ffff) | 0x3ff0_0000)
  const mantissa = bits.getFloat64(0)
  let k = 0
  for (const bound of mantissaBounds) {
    if (bound >= mantissa) break
    k += 1
  }
  return exponent * bucketsPerPower + k
}

export interface NativeState {
  readonly schema: number
  readonly zeroCount: number
  /** Index of the first of `counts`. */
  readonly offset: number
  readonly counts: ArrayLike<number>
}

export class NativeBuckets implements NativeState {
  schema = finestSchema
  zeroCount = 0
  offset = 0
  /** From the first to the last bucket that was ever used. */
  private length = 0
  private room = new Float64Array(8)

  get counts(): Float64Array {
    return this.room.subarray(0, this.length)
  }

  /** Takes a finite value from 0. */
  observe(value: number): void {
    if (value <= zeroThreshold) this.zeroCount += 1
    else this.addAt(coarsen(finestIndex(value), finestSchema - this.schema), 1)
  }

  /** Adds what another histogram of any schema holds. */
  merge(state: NativeState): void {
    while (this.schema > state.schema) this.halve()
    this.zeroCount += state.zeroCount
    for (let i = 0; i < state.counts.length; i++) {
      const count = state.counts[i] ?? 0
      if (count > 0) this.addAt(coarsen(state.offset + i, state.schema - this.schema), count)
    }
  }

  private addAt(index: number, count: number): void {
    const position = index - this.offset
    if (position >= 0 && position < this.length) this.room[position] = (this.room[position] ?? 0) + count
    else this.widen(index, count)
  }

  private widen(index: number, count: number): void {
    const first = this.length === 0 ? index : Math.min(index, this.offset)
    const last = this.length === 0 ? index : Math.max(index, this.offset + this.length - 1)
    if (last - first >= bucketLimit && this.schema > coarsestSchema) {
      this.halve()
      this.addAt(coarsen(index, 1), count)
      return
    }
    const length = last - first + 1
    const room = length <= this.room.length ? this.room : new Float64Array(Math.max(length, this.room.length * 2))
    const shift = this.length === 0 ? 0 : this.offset - first
    const kept = this.counts.slice()
    room.fill(0)
    room.set(kept, shift)
    this.room = room
    this.offset = first
    this.length = length
    room[index - first] = count
  }

  /** Two neighbours become one. */
  private halve(): void {
    const { counts, offset } = this
    const first = coarsen(offset, 1)
    const merged = new Float64Array(this.room.length)
    let length = 0
    counts.forEach((count, i) => {
      const position = coarsen(offset + i, 1) - first
      merged[position] = (merged[position] ?? 0) + count
      length = position + 1
    })
    this.room = merged
    this.offset = first
    this.length = length
    this.schema -= 1
  }
}

/** The index of the same value so many schemas lower. */
function coarsen(index: number, schemas: number): number {
  return (index + (1 << schemas) - 1) >> schemas
}
