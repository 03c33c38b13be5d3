import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { textCases } from './estimate.cases.ts'
import { estimateTokens } from './estimate.ts'

const errors = textCases.map(({ kind, group, text }) => {
  const actual = countTokens(text)
  return { kind, group, actual, estimated: estimateTokens(text), error: estimateTokens(text) / actual - 1 }
})

describe('estimateTokens()', () => {
  it('is within a tenth over everyday text, and never far off on one kind of it', () => {
    for (const { kind, actual, estimated, error } of errors)
      console.info(`${kind.padEnd(22)} ${actual} → ${estimated}  ${(error * 100).toFixed(0)} %`)
    const everyday = errors.filter(({ group }) => group === 'everyday')
    const mean = everyday.reduce((sum, { error }) => sum + Math.abs(error), 0) / everyday.length
    expect(mean).toBeLessThan(0.08)
    expect(everyday.filter(({ error }) => Math.abs(error) > 0.2)).toEqual([])
  })

  it('stays within a quarter on anything else', () => {
    expect(errors.filter(({ error }) => Math.abs(error) > 0.25)).toEqual([])
  })

  it('is 0 for nothing and at least 1 for anything', () => {
    expect(estimateTokens('')).toBe(0)
    expect(['a', ' ', '\n', '\ud800', '\u0000', '👋'].map(estimateTokens).every((tokens) => tokens >= 1)).toBe(true)
  })

  it('takes time in proportion to the text, whatever is in it', () => {
    for (const piece of ['a', ' ', '\n', "a'", '1a', '字', '👋', '"},', "'"]) {
      const start = process.cpuUsage()
      estimateTokens(piece.repeat(1_000_000 / piece.length))
      expect(process.cpuUsage(start).user / 1_000).toBeLessThan(5_000)
    }
  })
})
