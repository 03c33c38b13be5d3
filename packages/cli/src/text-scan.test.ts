import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTextScan, type PlacedFinding, type ScanText } from './text-scan.ts'

const scanMarks: ScanText = (text) =>
  [...text.matchAll(/<(\w{1,40})>/g)].map((found) => ({
    kind: 'pii',
    pattern: found[1] ?? '',
    start: found.index,
    end: found.index + found[0].length,
  }))

function scanInPieces(text: string, pieceLength: number): readonly PlacedFinding[] {
  const found: PlacedFinding[] = []
  const scan = createTextScan(scanMarks, (finding) => found.push(finding))
  for (let at = 0; at < text.length; at += pieceLength) scan.add(text.slice(at, at + pieceLength))
  scan.end()
  return found
}

describe('createTextScan()', () => {
  it('finds in pieces what the whole text holds, each once, with line and column', () => {
    const gaps = fc.array(fc.tuple(fc.integer({ min: 0, max: 60_000 }), fc.boolean()), { minLength: 5, maxLength: 25 })
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1_000, max: 700_000 }), (parts, pieceLength) => {
        const text = parts.map(([gap, isLine], at) => `${'x'.repeat(gap)}${isLine ? '\n' : ' '}<mark_${at}>`).join('')
        const found = scanInPieces(text, pieceLength)
        expect(found.map(({ pattern, start, end }) => ({ kind: 'pii', pattern, start, end }))).toEqual(scanMarks(text))
        for (const { start, line, column } of found) {
          const before = text.slice(0, start).split('\n')
          expect([line, column]).toEqual([before.length, (before.at(-1) ?? '').length + 1])
        }
      }),
      { numRuns: 60 },
    )
  })

  it('never hands the scanner more than a bounded piece', () => {
    let longest = 0
    const scan = createTextScan(
      (text) => {
        longest = Math.max(longest, text.length)
        return []
      },
      () => undefined,
    )
    for (let piece = 0; piece < 60; piece++) scan.add('a'.repeat(100_000))
    scan.end()
    expect(longest).toBeLessThan(400_000)
  })
})
