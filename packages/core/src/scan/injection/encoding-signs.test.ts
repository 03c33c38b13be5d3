import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasEscapes, hasSpeltBytes } from './encoding-signs.ts'

/** The same in one expression each, which takes ten times as long. */
const bytes = /(?:[0-9a-f]{2}[ ,:]){10}|(?:\\x[0-9a-f]{2}){6}|(?:0x[0-9a-f]{2}[ ,]+){6}|[01]{8} [01]{8}/i
const escapes =
  /%[0-9a-f]{2}|&#x?[0-9a-f]{1,7};|&(?:lt|gt|shy|zwn?j|nbsp);|\\u\{?[0-9a-f]{2}|\\x[0-9a-f]{2}|[a-z]<[/!a-z][^<>]{0,120}>[a-z]/i

describe('hasSpeltBytes()', () => {
  it('says what an expression says', () => {
    const piece = fc.oneof(
      {
        arbitrary: fc.constantFrom(
          '69 ',
          '6A,',
          'ff:',
          '\\x4f',
          '\\X41',
          '0x4F ',
          '0x1a, ',
          '01100001',
          ' ',
          '0',
          'x',
          '\\',
        ),
        weight: 6,
      },
      { arbitrary: fc.string({ unit: 'binary', maxLength: 2 }), weight: 1 },
    )
    const row = fc.tuple(piece, fc.integer({ min: 1, max: 12 })).map(([text, times]) => text.repeat(times))
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('')
        expect(hasSpeltBytes(text), JSON.stringify(text)).toBe(bytes.test(text))
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('hasEscapes()', () => {
  it('says what an expression says', () => {
    const piece = fc.constantFrom(
      '%2',
      '0',
      '%',
      'a',
      '&#',
      'x41',
      '41',
      ';',
      '&l',
      't',
      '&nbsp',
      '\\',
      'u',
      '{',
      'x',
      '<',
      '/b',
      '>',
      ' ',
      'é',
      '!',
      'b',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        expect(hasEscapes(text), JSON.stringify(text)).toBe(escapes.test(text))
      }),
      { numRuns: 3_000 },
    )
  })
})
