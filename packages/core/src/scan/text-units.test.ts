import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { dropUnits, isAscii, loadUnits } from './text-units.ts'

const unitsOf = (text: string) => Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
const loaded = (text: string) => [...loadUnits(text).subarray(0, text.length + 1)]

afterEach(dropUnits)

describe('loadUnits()', () => {
  it('gives the units of any text, halves of pairs included, and a zero', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('a', 'é', '中', '👋', '\ud83d', '\udc4b', '\ufffd', '\0', 'plain text '),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        expect(loaded(text)).toEqual([...unitsOf(text), 0])
        expect(isAscii(text)).toBe(unitsOf(text).every((unit) => unit < 128))
      }),
    )
  })

  it('takes texts longer than its buffer, and short ones after them', () => {
    for (const text of ['é'.repeat(40_000), 'a'.repeat(70_000), '中'.repeat(50_000), 'ab']) {
      expect(loaded(text)).toEqual([...unitsOf(text), 0])
      if (text.length > 60_000) dropUnits()
    }
  })
})
