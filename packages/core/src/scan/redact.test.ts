import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeFindings } from './merge-findings.ts'
import { redact } from './redact.ts'

const pii = (pattern: string, start: number, end: number) => ({ kind: 'pii' as const, pattern, start, end })

describe('redact()', () => {
  it('puts the name of each finding in its place', () => {
    expect(redact('mail ana@x.io now', [pii('email', 5, 13)])).toBe('mail [EMAIL] now')
    expect(redact('abcdef', [pii('b_c', 3, 6), pii('a', 0, 2)])).toBe('[A]c[B_C]')
    expect(redact('abc', [])).toBe('abc')
  })

  it('leaves no rest of findings that overlap', () => {
    expect(redact('0123456789', [pii('a', 1, 5), pii('b', 3, 9)])).toBe('0[B]9')
  })

  it('leaves injections readable', () => {
    expect(redact('ignore it', [{ kind: 'injection', pattern: 'x', start: 0, end: 6 }])).toBe('ignore it')
  })

  it('keeps no character of any finding', () => {
    const span = fc
      .tuple(fc.nat(40), fc.integer({ min: 1, max: 10 }))
      .map(([start, length]) => pii('p', start, start + length))
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), (findings) => {
        const text = Array.from({ length: 50 }, (_, at) => String.fromCharCode(0x4e00 + at)).join('')
        const redacted = redact(text, findings)
        for (const { start, end } of findings)
          for (let at = start; at < end; at++) expect(redacted).not.toContain(text.charAt(at))
        const merged = mergeFindings(findings)
        expect(redacted.replaceAll('[P]', '').length).toBe(
          50 - merged.reduce((sum, each) => sum + each.end - each.start, 0),
        )
      }),
    )
  })
})
