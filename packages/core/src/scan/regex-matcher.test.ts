import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMatcher, type Matcher } from './regex-matcher.ts'
import { findHazard } from './regex-safety.ts'
import { parseRegex } from './regex-syntax.ts'

function compile(source: string, ignoreCase = false): Matcher {
  const parsed = parseRegex(source, ignoreCase)
  if (!parsed.ok) throw new Error(parsed.reason)
  expect(findHazard(parsed.node), source).toBeNull()
  return createMatcher(parsed.node)
}

const sources = [
  'abc',
  'a|ab|abc',
  '(?:ab|a)(?:bc|c)?',
  'a*b',
  'a+?b?',
  '[ab]{1,3}b',
  '[ab]{2}',
  '[^a-]+-',
  '(?:ab?){1,4}c',
  '(?:a|b1){2,3}?',
  '\\ba\\w{0,3}\\b',
  '\\Bb',
  '[ab-]{1,4}\\b',
  '^a|b$',
  'a(?=b)',
  'a(?!b)[abc]?',
  '[a-c]{1,3}(?!1)',
  '(?:a(?:b|c)*-)+',
  '(?:\\w+\\s+){0,3}b',
  'a{0,2}a?b',
  '.b',
  '\\S+\\s+\\S',
  'a(b+)c?',
  '(?:(a)|b)1?',
  '(?:(a|b)-)+',
  '[\\dа-я]{1,2}Я?',
  'é+',
  'a[^\\n]{0,40}b1',
  'a[^\\n]{0,40}?b1',
  'b[ab]{1,30}(?:c|1-)',
  'a(.{0,30})-(?:1|b)',
]

describe('createMatcher()', () => {
  const unit = fc.constantFrom('a', 'b', 'c', '1', '-', ' ', '\n', 'A', 'я', 'Я', 'é', '\ud83d')
  const text = fc.string({ unit, maxLength: 14 })

  it.each([false, true])(
    'finds at each place what the expression itself finds there, ignoring case: %s',
    (ignoreCase) => {
      const pairs = sources.map((source) => ({
        source,
        matcher: compile(source, ignoreCase),
        native: new RegExp(source, ignoreCase ? 'diy' : 'dy'),
      }))
      fc.assert(
        fc.property(text, (searched) => {
          for (const { source, matcher, native } of pairs)
            for (let start = 0; start <= searched.length; start++) {
              native.lastIndex = start
              const expected = native.exec(searched)
              const end = matcher.match(searched, start)
              expect([source, start, end]).toEqual([source, start, expected ? start + expected[0].length : -1])
              const group = expected?.indices?.[1]
              if (group) expect([source, matcher.group]).toEqual([source, { start: group[0], end: group[1] }])
            }
        }),
        { numRuns: 400 },
      )
    },
  )

  it('does work that grows with the text and nothing else', () => {
    const hostile: readonly (readonly [string, string])[] = [
      ['eyJ[A-Za-z0-9_-]{8,2048}\\.[A-Za-z0-9_-]{8,8192}\\.x', 'eyJabcdefgh-'],
      ['-----BEGIN [A-Z]{2,9}-----[A-Za-z\\s]{0,8000}-----END', '-----BEGIN AB-----\n'],
      ['[a-z0-9.]{1,64}@(?:[a-z0-9-]{1,63}\\.){1,8}com', 'a@a.'],
      ['ignore\\s+(?:\\w+\\s+){0,5}instructions', 'ignore '],
      ['a[ab]{0,5000}c', 'ab'],
    ]
    for (const [source, piece] of hostile) {
      const steps = [5_000, 20_000].map((length) => {
        const matcher = compile(source)
        const searched = piece.repeat(Math.ceil(length / piece.length))
        for (let start = 0; start < searched.length; start++) matcher.match(searched, start)
        return matcher.steps / searched.length
      })
      expect(steps[0], source).toBeLessThan(100)
      expect(steps[1], source).toBeLessThan((steps[0] ?? 0) * 1.3)
    }
  })
})
