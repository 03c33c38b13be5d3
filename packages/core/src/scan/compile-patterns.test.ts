import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatPath } from '../config-problem.ts'
import { compilePatterns } from './compile-patterns.ts'
import type { Scanner } from './scanner.ts'

function compile(...patterns: readonly Record<string, unknown>[]): Scanner {
  const result = compilePatterns({ patterns })
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('; '))
  return result.scanner
}

function problemsOf(value: unknown): readonly string[] {
  const result = compilePatterns(value)
  return result.ok ? [] : result.problems.map(({ path, message }) => `${formatPath(path)}: ${message}`)
}

const pii = (name: string, fields: Record<string, unknown>) => ({ name, type: 'PII_STRUCTURAL', ...fields })
const injection = (name: string, fields: Record<string, unknown>) => ({ name, type: 'INJECTION_ATTEMPT', ...fields })

describe('compilePatterns() refuses', () => {
  it.each([
    ['a list', [], ": must be a map with 'patterns', not a list"],
    ['an unknown key at the top', { pattern: [] }, "pattern: unknown key 'pattern' (did you mean 'patterns'?)"],
    ['a pattern that is no map', { patterns: ['x'] }, "patterns[0]: must be a map, not text 'x'"],
    [
      'an unknown key',
      { patterns: [pii('a', { regexp: 'abc', phrase: 'ab' })] },
      "patterns[0].regexp: unknown key 'regexp' (did you mean 'regex'?)",
    ],
    ['neither regex nor phrase', { patterns: [pii('a', {})] }, "patterns[0].regex: needs either 'regex' or 'phrase'"],
    [
      'a bad name',
      { patterns: [pii('A b', { regex: 'abc' })] },
      "patterns[0].name: 'name' must be lower-case letters, digits and _, not text 'A b'",
    ],
    [
      'a bad type',
      { patterns: [{ name: 'a', type: 'PII', regex: 'abc' }] },
      "patterns[0].type: 'type' must be PII_STRUCTURAL or INJECTION_ATTEMPT, not text 'PII'",
    ],
    [
      'a weight of personal data',
      { patterns: [pii('a', { regex: 'abc', weight: 0.5 })] },
      "patterns[0].weight: 'weight' is for injections; personal data is found or not",
    ],
    [
      'a weight above 1',
      { patterns: [injection('a', { regex: 'abc', weight: 2 })] },
      "patterns[0].weight: 'weight' must be -1 to 1 and not 0, not 2",
    ],
    [
      'a name twice',
      { patterns: [pii('a', { regex: 'abc' }), pii('a', { regex: 'abd' })] },
      "patterns[1].name: 'a' stands in patterns[0] already",
    ],
    [
      'an expression without a literal',
      { patterns: [pii('a', { regex: '[a-z]+' })] },
      "patterns[0].regex: 'regex' needs a literal part of two or more characters that every match contains, or a 'context': it runs only where that is seen",
    ],
    [
      'an expression that can match nothing',
      { patterns: [pii('a', { regex: '(?:abc)?' })] },
      "patterns[0].regex: 'regex' matches the empty text",
    ],
    [
      'an example that is not found',
      { patterns: [pii('a', { regex: 'abc', examples: { match: ['xyz'] } })] },
      "patterns[0].examples.match[0]: 'a' does not find its example 'xyz'",
    ],
    [
      'an example that must not be found',
      { patterns: [pii('a', { regex: 'abc', examples: { no_match: ['abc'] } })] },
      "patterns[0].examples.no_match[0]: 'a' finds what it must not: 'abc'",
    ],
  ])('%s', (_, value, problem) => {
    expect(problemsOf(value)).toEqual([problem])
  })

  it('an unknown check, with the ones there are', () => {
    expect(problemsOf({ patterns: [pii('a', { regex: 'abc', validate: 'luhm' })] })[0]).toMatch(
      /one of luhn, .*did you mean 'luhn'/,
    )
  })
})

describe('compilePatterns() scan', () => {
  it('finds expressions with UTF-16 offsets', () => {
    const scanner = compile(pii('staff', { regex: '\\bEMP-\\d{4}\\b' }))
    expect(scanner.scan('👋 EMP-1234 and EMP-5678, not EMP-12345')).toEqual([
      { kind: 'pii', pattern: 'staff', start: 3, end: 11 },
      { kind: 'pii', pattern: 'staff', start: 16, end: 24 },
    ])
  })

  it('reports the group of an expression that has one', () => {
    const scanner = compile(pii('code', { regex: 'code=(\\d{3})' }))
    expect(scanner.scan('code=123')).toEqual([{ kind: 'pii', pattern: 'code', start: 5, end: 8 }])
  })

  it('finds phrases as whole words in any case and spacing', () => {
    const scanner = compile(injection('dan', { phrase: ['DAN', 'do anything now'] }))
    expect(scanner.scan('redundant data')).toEqual([])
    expect(scanner.scan('you are Dan')).toHaveLength(1)
    expect(scanner.scan('Do\n anything\u200b  NOW!')).toEqual([
      { kind: 'injection', pattern: 'dan', start: 0, end: 18 },
    ])
  })

  it('keeps case unless told otherwise', () => {
    expect(compile(pii('a', { regex: 'ABC' })).scan('abc')).toEqual([])
    expect(compile(pii('a', { regex: 'ABC', ignore_case: true })).scan('abc')).toHaveLength(1)
    expect(compile(injection('a', { regex: 'ABC' })).scan('abc')).toHaveLength(1)
  })

  it('needs a context word near where one is asked for', () => {
    const scanner = compile(pii('n', { regex: '\\b\\d{8}\\b', context: ['phone', 'call me'] }))
    expect(scanner.scan('my phone is 12345678')).toHaveLength(1)
    expect(scanner.scan('12345678: call  me')).toHaveLength(1)
    expect(scanner.scan('12345678')).toEqual([])
    expect(scanner.scan('microphones 12345678')).toEqual([])
    expect(scanner.scan(`phone ${'x'.repeat(200)} 12345678`)).toEqual([])
  })

  it('finds what begins inside a refused candidate', () => {
    const scanner = compile(pii('card', { regex: '\\b\\d{4} \\d{4} \\d{4} \\d{4}\\b', validate: 'luhn' }))
    expect(scanner.scan('1234 4111 1111 1111 1111')).toEqual([{ kind: 'pii', pattern: 'card', start: 5, end: 24 }])
  })

  it('merges what overlaps under the longest name', () => {
    const scanner = compile(
      pii('short', { regex: 'bb-cc' }),
      pii('long', { regex: 'aa-bb-cc' }),
      pii('next', { regex: 'cc-d' }),
    )
    expect(scanner.scan('aa-bb-cc-d')).toEqual([{ kind: 'pii', pattern: 'long', start: 0, end: 10 }])
  })

  it('finds every match that the expressions themselves find', () => {
    const sources = [
      '[a-c]{1,4}@[a-c]{1,3}',
      'ab\\d{2,4}',
      '\\b\\d{2}-\\d{2}\\b',
      '(?:ab|cd)+-',
      'a\\s+b',
      '[ab]{2}-\\d{1,2}-[ab]',
      'b1[^\\s]{0,3}-',
    ]
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', '1', '2', '-', '@', ' ', '\n'), maxLength: 80 })
    const searches = sources.map((source) => ({
      source,
      search: compile(pii('p', { regex: source })).createSearch('p'),
    }))
    fc.assert(
      fc.property(text, (searched) => {
        for (const { source, search } of searches) {
          const expected = [...searched.matchAll(new RegExp(source, 'g'))].map((found) => [
            found.index,
            found.index + found[0].length,
          ])
          const actual = search(searched).map(({ start, end }) => [start, end])
          expect(actual, source).toEqual(expected)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('never throws on any text', () => {
    const scanner = compile(pii('a', { regex: 'a.{0,9}@' }), injection('b', { phrase: 'a b' }))
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => Array.isArray(scanner.scan(text))))
  })
})

describe('compilePatterns() shadow', () => {
  it('tells what a pattern finds that is being tried out, apart from all others', () => {
    const scanner = compile(
      pii('real', { regex: 'EMP-\\d{4}' }),
      pii('tried', { regex: 'EMP-\\d{2}', shadow: true }),
      injection('hint', { phrase: 'obey me', shadow: true }),
    )
    expect(scanner.scan('EMP-1234, obey me')).toEqual([
      { kind: 'pii', pattern: 'real', start: 0, end: 8 },
      { kind: 'shadow', pattern: 'tried', start: 0, end: 6 },
      { kind: 'shadow', pattern: 'hint', start: 10, end: 17 },
    ])
  })

  it('must be true or false', () => {
    expect(problemsOf({ patterns: [pii('a', { regex: 'abc', shadow: 'yes' })] })).toEqual([
      "patterns[0].shadow: 'shadow' must be true or false, not text 'yes'",
    ])
  })
})

describe('compilePatterns() enabled', () => {
  const guess = (fields: Record<string, unknown>) => pii('guess', { regex: 'Mr [A-Z][a-z]{1,9}', ...fields })

  it('leaves out what is off, and holds it to its examples all the same', () => {
    const scanner = compile(guess({ enabled: false, confidence: 'low', examples: { match: ['Mr Smith'] } }))
    expect(scanner.scan('ask Mr Smith')).toEqual([])
    expect(scanner.definitions[0]).toMatchObject({ isEnabled: false, confidence: 'low' })
    expect(compile(guess({})).scan('ask Mr Smith')).toHaveLength(1)
    expect(problemsOf({ patterns: [guess({ enabled: false, examples: { match: ['Ms Smith'] } })] })).toHaveLength(1)
  })

  it('must be true or false, and confidence high or low', () => {
    expect(problemsOf({ patterns: [guess({ enabled: 'no', confidence: 'medium' })] })).toEqual([
      "patterns[0].enabled: 'enabled' must be true or false, not text 'no'",
      "patterns[0].confidence: 'confidence' must be high or low, not text 'medium'",
    ])
  })
})

describe('compilePatterns() injections', () => {
  const scanner = compile(
    injection('strong', { phrase: 'strong' }),
    injection('half', { phrase: 'half', weight: 0.5 }),
    injection('other', { phrase: 'other', weight: 0.5 }),
  )
  const found = (text: string) => scanner.scan(text).map(({ pattern }) => pattern)

  it('need evidence that adds up', () => {
    expect(found('half')).toEqual([])
    expect(found('half and half again')).toEqual([])
    expect(found('half and other')).toEqual(['half', 'other'])
    expect(found('strong')).toEqual(['strong'])
    expect(found('strong and half')).toEqual(['strong', 'half'])
  })

  it('need it near each other', () => {
    expect(found(`half ${'x '.repeat(400)} other`)).toEqual([])
    expect(found(`half ${'x '.repeat(400)} half other ${'x '.repeat(400)} other`)).toEqual(['half', 'other'])
  })
})
