import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NativeBuckets, zeroThreshold } from './native-buckets.ts'

/** Asks the definition: the bucket with index i of schema s holds (2^((i-1)/2^s), 2^(i/2^s)]. */
function holds(schema: number, index: number, value: number): boolean {
  const width = 2 ** -schema
  // Compared in logarithms, where a bound beside the largest double does not overflow.
  const log = Math.log2(value)
  return log > (index - 1) * width - 1e-9 && log <= index * width + 1e-9
}

function filled(values: readonly number[]): NativeBuckets {
  const buckets = new NativeBuckets()
  for (const value of values) buckets.observe(value)
  return buckets
}

function indexesOf(buckets: NativeBuckets): number[] {
  return [...buckets.counts].flatMap((count, i) => Array.from({ length: count }, () => buckets.offset + i))
}

const positive = fc.double({ min: 1e-37, max: Number.MAX_VALUE, noNaN: true })
const latency = fc.double({ min: 0.01, max: 1e6, noNaN: true })

describe('NativeBuckets', () => {
  it('observe() puts a value into the bucket above it when it is a power of two and none of its neighbours', () => {
    for (let exponent = -20; exponent <= 40; exponent++) {
      const bound = 2 ** exponent
      expect(indexesOf(filled([bound]))).toEqual([exponent * 8])
      expect(indexesOf(filled([bound * (1 + Number.EPSILON)]))).toEqual([exponent * 8 + 1])
      expect(indexesOf(filled([bound * (1 - Number.EPSILON)]))).toEqual([exponent * 8])
    }
  })

  it('observe() keeps every value in a bucket that holds it when the values are of any size', () => {
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1, maxLength: 60 }), (values) => {
        const buckets = filled(values)
        const indexes = indexesOf(buckets)
        const sorted = [...values].sort((a, b) => a - b)
        expect(indexes).toHaveLength(values.length)
        sorted.forEach((value, i) => {
          expect(holds(buckets.schema, indexes[i] ?? Number.NaN, value)).toBe(true)
        })
        expect(buckets.counts.length).toBeLessThanOrEqual(160)
        expect(buckets.schema).toBeGreaterThanOrEqual(-4)
      }),
    )
  })

  it('observe() stays at the finest schema when latencies run from 5 ms to an hour', () => {
    expect(filled([5, 100, 3_600_000]).schema).toBe(3)
  })

  it('observe() counts in the zero bucket when a value is not above the threshold', () => {
    const buckets = filled([0, Number.MIN_VALUE, zeroThreshold, zeroThreshold * 2])
    expect(buckets.zeroCount).toBe(3)
    expect(indexesOf(buckets)).toHaveLength(1)
  })

  it('merge() equals observing everything in one when the two have different schemas', () => {
    fc.assert(
      fc.property(fc.array(positive, { maxLength: 30 }), fc.array(latency, { maxLength: 30 }), (a, b) => {
        const merged = filled(a)
        merged.merge(filled(b))
        const other = filled(b)
        other.merge(filled(a))
        const whole = filled([...a, ...b])
        // The order decides how soon the resolution is halved, never what it ends as.
        for (const one of [merged, other]) {
          expect(one.schema).toBe(whole.schema)
          expect(indexesOf(one)).toEqual(indexesOf(whole))
        }
      }),
    )
  })
})
