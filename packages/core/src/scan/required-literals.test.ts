import { describe, expect, it } from 'vitest'
import { parseRegex } from './regex-syntax.ts'
import { findRequiredLiterals } from './required-literals.ts'

function literalsOf(source: string, ignoreCase = false): readonly string[] | null {
  const parsed = parseRegex(source, ignoreCase)
  const found = parsed.ok ? findRequiredLiterals(parsed.node) : null
  return found?.map(({ text, before }) => `${text} ${before.min}-${before.max}`) ?? null
}

describe('findRequiredLiterals()', () => {
  it.each([
    ['AKIA[A-Z2-7]{16}', ['akia 0-0']],
    ['\\b\\d{3}-\\d{2}-\\d{4}\\b', ['000-00-0000 0-0']],
    ['[a-z]{1,64}@[a-z]+', ['@ 1-64']],
    ['(?:cat|dog)s?\\b', ['cat 0-0', 'cats 0-0', 'dog 0-0', 'dogs 0-0']],
    ['\\d{1,3}\\.\\d{1,3}', ['0.0 0-2']],
    ['\\d{13,19}', ['000000000000 0-0']],
    ['[A-Z]{2}\\d{2}[A-Z]{4}', ['00 2-2']],
    ['ignore\\s+\\w+', ['ignore  0-0']],
    ['(?:\\w+ )?please', ['please 0-258']],
    ['(?:abc|[a-z]+xyz)', ['abc 0-0', 'xyz 1-257']],
    ['忽略[^ ]{0,4}指令', ['忽略 0-0']],
  ])('of %s are %j', (source, literals) => {
    expect(literalsOf(source)).toEqual(literals)
  })

  it.each(['[a-z]+', '\\w{3,}', '\\d', 'a|b', '(?:abc)?', 'abc|[a-z]+', '.'])('of %s are none that tell', (source) => {
    expect(literalsOf(source)).toBeNull()
  })

  it('fold case when the expression ignores it', () => {
    expect(literalsOf('BeArEr', true)).toEqual(['bearer 0-0'])
  })
})
