import { describe, expect, it } from 'vitest'
import { findHazard } from './regex-safety.ts'
import { parseRegex } from './regex-syntax.ts'

function hazardOf(source: string): string | null {
  const parsed = parseRegex(source, false)
  return parsed.ok ? findHazard(parsed.node) : parsed.reason
}

describe('findHazard()', () => {
  it.each([
    ['(a+)+$', /repeats a repetition without end|ways/],
    ['(a*)*', /may be empty/],
    ['(a|aa)+$', /repetition without end|ways/],
    ['(a|a)+$', /repetition without end/],
    ['(\\w+\\d+)+!', /ways|without end/],
    ['\\d+\\d+x', /any number of ways/],
    ['.*foo.*bar', /any number of ways/],
    ['\\s*\\s*x', /any number of ways/],
    ['[a-z]+\\.?[a-z]+@', /any number of ways/],
    ['(?:x?x?){20}y', /may be empty/],
    ['(?:a{1,9}){9}b', /ways/],
    ['([a-z]{1,40}){2,9}x', /ways/],
    ['(a)\\1', /refers back/],
    ['(?<n>a)\\k<n>', /refers back/],
    ['(?<=a)b', /looks behind/],
    ['(?<!a)b', /looks behind/],
    ['\\p{L}+', /u flag/],
    ['(unclosed', /Invalid regular expression/],
    ['[z-a]', /Invalid regular expression/],
  ])('refuses %s', (source, reason) => {
    expect(hazardOf(source)).toMatch(reason)
  })

  it.each([
    '[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\\.){1,8}[A-Za-z]{2,24}\\b',
    '\\b\\d{3}-\\d{2}-\\d{4}\\b',
    'sk-[A-Za-z0-9_-]{20,200}',
    '\\bignore\\s+(?:\\w+\\s+){0,5}instructions?\\b',
    '(?:red|green|blue)+!',
    'a(?!b)c',
    '[^\\s]+\\s+x',
    'x*y+z?',
  ])('accepts %s', (source) => {
    expect(hazardOf(source)).toBeNull()
  })

  it('refuses before it can hang: what it accepts ends at once on hostile text', () => {
    const accepted = ['[a-z]{1,20}[a-z]{1,12}!', '(?:ab?){1,8}c', '(?:\\w+\\s+){0,5}x\\b', '\\d[\\d ().-]{6,20}\\d\\b']
    for (const source of accepted) {
      expect(hazardOf(source)).toBeNull()
      const start = process.cpuUsage()
      for (const piece of ['a', 'ab', 'a ', '1', '1 ']) new RegExp(source, 'y').exec(`${piece.repeat(5_000)}\u0000`)
      expect(process.cpuUsage(start).user / 1_000).toBeLessThan(2_000)
    }
  })
})
