import { describe, expect, it } from 'vitest'
import { describeValue, formatPath, listUnknownKeys, suggestName } from './config-problem.ts'

describe('formatPath()', () => {
  it('writes keys with dots and indexes in brackets', () => {
    expect(formatPath([3, 'tiers', 0, 'above'])).toBe('[3].tiers[0].above')
    expect(formatPath(['patterns', 2])).toBe('patterns[2]')
    expect(formatPath([])).toBe('')
  })
})

describe('suggestName()', () => {
  it('names the near word and keeps silent when none is near', () => {
    expect(suggestName('verison', ['model', 'version'])).toBe(" (did you mean 'version'?)")
    expect(suggestName('colour', ['model', 'version'])).toBe('')
    expect(suggestName('x'.repeat(100_000), ['model'])).toBe('')
  })
})

describe('listUnknownKeys()', () => {
  it('names each unknown key by its path', () => {
    expect(listUnknownKeys({ model: 1, modle: 2 }, ['model'], [0])).toEqual([
      { path: [0, 'modle'], message: "unknown key 'modle' (did you mean 'model'?)" },
    ])
  })
})

describe('describeValue()', () => {
  it('says what a value is in the words of the file', () => {
    expect([null, [], {}, 1, true, 'x'].map(describeValue)).toEqual([
      'nothing',
      'a list',
      'a map',
      '1',
      'true',
      "text 'x'",
    ])
    expect(describeValue('y'.repeat(100))).toHaveLength(48)
  })
})
