import { expect, it } from 'vitest'
import { IdIndex } from './id-index.ts'

const idOf = (number: number): Uint32Array => new Uint32Array([0, 0, 0, 0, number, 0])

it('find() knows every id that was added, with the range of its seqs', () => {
  const index = new IdIndex()
  const count = 200_000
  for (let number = 1; number <= count; number++) index.add(idOf(number), { firstSeq: number, lastSeq: number })
  for (let number = 1; number <= count; number += 7) {
    const ranges = index.find(idOf(number))
    expect(ranges.some(({ firstSeq, lastSeq }) => firstSeq <= number && number <= lastSeq)).toBe(true)
  }
})

it('find() hardly ever takes one id for another, also when they differ by one bit', () => {
  const index = new IdIndex()
  for (let number = 0; number < 100_000; number++) index.add(idOf(number), { firstSeq: 1, lastSeq: 1 })
  let wrong = 0
  for (let number = 100_000; number < 400_000; number++) if (index.find(idOf(number)).length > 0) wrong++
  // Expected: 3·10⁵ × 3 tables × 4 places ÷ 2³² ≈ 0.001.
  expect(wrong).toBeLessThanOrEqual(1)
  expect(index.find(new Uint32Array([1, 0, 0, 0, 0, 0]))).toEqual([])
  expect(index.find(new Uint32Array([0, 0, 0, 0, 0, 1]))).toEqual([])
})
