import { describe, expect, it } from 'vitest'
import { parseRegex } from './regex-syntax.ts'
import { findRequiredLiterals } from './required-literals.ts'

function literalsOf(source: string, ignoreCase = false): readonly string[] | null {
  const parsed = parseRegex(source, ignoreCase)
  const found = parsed.ok ? findRequiredLiterals(parsed.node) : null
  return found?.map(({ text, endOffset }) => `${text} ${endOffset.min}-${endOffset.max}`) ?? null
}

describe('findRequiredLiterals()', () => {
  it.each([
    ['AKIA[A-Z2-7]{16}', ['akia 4-4']],
    ['\\b\\d{3}-\\d{2}-\\d{4}\\b', ['000-00-0000 11-11']],
    ['[a-z]{1,64}@[a-z]+', ['@ 2-65']],
    ['(?:cat|dog)s?\\b', ['cat 3-3', 'cats 4-4', 'dog 3-3', 'dogs 4-4']],
    ['\\d{1,3}\\.\\d{1,3}', ['0.0 3-5']],
    ['\\d{13,19}', ['000000000000 12-12']],
    ['[A-Z]{2}\\d{2}[A-Z]{4}', ['00 4-4']],
    ['ignore\\s+\\w+', ['ignore  7-263']],
    ['(?:\\w+ )?please', ['please 6-264']],
    ['(?:abc|[a-z]+xyz)', ['abc 3-3', 'xyz 4-260']],
    ['忽略[^ ]{0,4}指令', ['忽略 2-2']],
  ])('of %s are %j', (source, literals) => {
    expect(literalsOf(source)).toEqual(literals)
  })

  it.each(['[a-z]+', '\\w{3,}', '\\d', 'a|b', '(?:abc)?', 'abc|[a-z]+', '.'])('of %s are none that tell', (source) => {
    expect(literalsOf(source)).toBeNull()
  })

  it('fold case when the expression ignores it', () => {
    expect(literalsOf('BeArEr', true)).toEqual(['bearer 6-6'])
  })
})
