import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildAutomaton } from './automaton.ts'

function hitsOf(literals: readonly string[], text: string): readonly string[] {
  const hits: string[] = []
  buildAutomaton(literals).run(text, (literal, end) => hits.push(`${literals[literal]}@${end}`))
  return hits
}

describe('buildAutomaton()', () => {
  it('finds overlapping literals and those inside others', () => {
    expect(hitsOf(['he', 'she', 'his', 'hers'], 'ushers')).toEqual(['she@4', 'he@4', 'hers@6'])
  })

  it('folds case, digits, white space and zero-width characters', () => {
    expect(hitsOf(['all rules'], 'ALL \n\t RULES')).toEqual(['all rules@12'])
    expect(hitsOf(['000-00'], '123-45')).toEqual(['000-00@6'])
    expect(hitsOf(['ignore'], 'ig\u200bno\u00adre')).toEqual(['ignore@8'])
    expect(hitsOf(["don't"], 'DON’T')).toEqual(["don't@5"])
    expect(hitsOf(['ignore'], 'ｉｇｎｏｒｅ')).toEqual(['ignore@6'])
    expect(hitsOf(['забудь'], 'ЗАБУДЬ')).toEqual(['забудь@6'])
  })

  it('finds nothing when there is nothing to find', () => {
    expect(hitsOf([], 'text')).toEqual([])
    expect(hitsOf(['a'], '')).toEqual([])
  })

  it('finds what a search for each literal by itself finds', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 })
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 60 })
    fc.assert(
      fc.property(fc.uniqueArray(word, { maxLength: 8 }), text, (literals, searched) => {
        const expected: string[] = []
        for (let end = 1; end <= searched.length; end++)
          for (const literal of literals)
            if (searched.slice(0, end).endsWith(literal)) expected.push(`${literal}@${end}`)
        expect([...hitsOf(literals, searched)].sort()).toEqual(expected.sort())
      }),
      { numRuns: 300 },
    )
  })
})
