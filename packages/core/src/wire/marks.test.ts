import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findMarks, makeMarkTable } from './marks.ts'
import { toBytes } from './read-answer.cases.ts'

const words = ['"error"', '"usage"', '"finish_reason"', 'stop"', '[DONE]'] as const

/** What findMarks does, letter by letter. */
function findSlowly(text: string): number[] {
  const ends: number[] = []
  for (let end = 1; end <= text.length; end++) {
    const found = words.some((word) => text.slice(0, end).endsWith(word))
    if (found && !/^\s*:\s*(?:n|f|""|\[\])/.test(text.slice(end))) ends.push(end)
  }
  return ends
}

describe('findMarks()', () => {
  const table = makeMarkTable(words)

  it('finds the same as a search letter by letter', () => {
    const piece = fc.oneof(
      fc.constantFrom(...words, ':null', ': null', ':"x"', ':""', ':[]', ':false', '"us', 'age"', 'x'.repeat(9)),
      fc.string({ maxLength: 6 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('').replaceAll(/[^ -~]/g, '?')
        expect(findMarks(toBytes(text), table)).toEqual(findSlowly(text))
      }),
      { numRuns: 2000 },
    )
  })

  it('finds nothing in bytes shorter than a mark', () => {
    expect(findMarks(new Uint8Array(0), table)).toEqual([])
    expect(findMarks(toBytes('"e'), table)).toEqual([])
  })
})
