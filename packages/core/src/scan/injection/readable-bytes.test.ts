import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areReadable } from './readable-bytes.ts'

/** What is asked, of the text itself. */
function isReadable(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes)
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
  const good = units.filter(
    (unit) => [9, 10, 13].includes(unit) || (unit >= 32 && unit < 127) || (unit > 160 && unit !== 0xfffd),
  )
  return good.length / text.length >= 0.9
}

describe('areReadable()', () => {
  const encode = (text: string) => [...new TextEncoder().encode(text)]
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }).map(encode),
    fc.constant(encode('plain words, some of them ')),
    fc.constantFrom(
      [0xef, 0xbb, 0xbf],
      [0xef, 0xbf, 0xbd],
      [0xed, 0xa0, 0x80],
      [0xe0, 0x80, 0x80],
      [0xf0, 0x9f],
      [0xc2, 0x85],
      [0xc2, 0xa0],
      [0xf4, 0x90, 0x80, 0x80],
      [0x7f],
      [0],
    ),
    fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 3 }),
  )

  it('says what the decoded text says', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 14 }), (pieces) => {
        const bytes = Uint8Array.from(pieces.flat())
        if (bytes.length === 0) return
        expect(areReadable(bytes, bytes.length), [...bytes].join()).toBe(isReadable(bytes))
      }),
      { numRuns: 2_000 },
    )
  })
})
