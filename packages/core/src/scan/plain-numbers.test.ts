import { describe, expect, it } from 'vitest'
import { compilePatterns } from './compile-patterns.ts'
import { viewPlainNumbers } from './plain-numbers.ts'

const zeroWidth = '\u200b'

describe('viewPlainNumbers()', () => {
  it.each([
    ['zero-width characters', `41${zeroWidth}11 22`, '4111 22'],
    ['soft hyphens', 'ana\u00ad.b@x.org', 'ana.b@x.org'],
    ['full-width digits', 'tel ０３-１', 'tel 03-1'],
    ['hyphens and spaces of typesetting', '658\u201112\u202f43', '658-12 43'],
  ])('takes off %s', (_, text, plain) => {
    expect(viewPlainNumbers(text)?.text).toBe(plain)
  })

  it.each(['', 'plain 4111', 'a – b', '👨\u200d👩\u200d👧', `${zeroWidth}${zeroWidth} `])(
    'has nothing to take off %j',
    (text) => {
      expect(viewPlainNumbers(text)).toBeNull()
    },
  )
})

describe('scan()', () => {
  it('finds what is hidden so, at its place in the text as it came', () => {
    const result = compilePatterns({
      patterns: [{ name: 'employee', type: 'PII_STRUCTURAL', regex: 'EMP-\\d{4}' }],
    })
    if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('; '))
    const text = `of E${zeroWidth}MP-12${zeroWidth}34, and EMP-1111`
    const places = result.scanner.scan(text).map(({ start, end }) => text.slice(start, end))
    expect(places).toEqual([`E${zeroWidth}MP-12${zeroWidth}34`, 'EMP-1111'])
  })
})
