import { describe, expect, it } from 'vitest'
import { formatProblem, readYaml } from './yaml-file.ts'

function locate(text: string, path: readonly (string | number)[]): string {
  const yaml = readYaml(text)
  if (!yaml.ok) throw new Error('cannot be read')
  return yaml
    .locate([{ path, message: 'wrong' }])
    .map((problem) => formatProblem('f.yaml', problem))
    .join()
}

describe('readYaml()', () => {
  it.each([
    ['an unclosed list', 'a: [1,\nb: 2\n', 2],
    ['a key twice', 'a: 1\na: 2\n', 2],
    ['bad indentation', 'a:\n  - b: 1\n c: 2\n', 3],
    ['a tab', 'a:\n\t- b\n', 2],
  ])('names the line of %s', (_, text, line) => {
    const yaml = readYaml(text)
    expect(yaml.ok ? [] : yaml.problems.map((problem) => problem.line)).toContain(line)
  })

  it('refuses a small text that would become a huge value', () => {
    const levels = Array.from({ length: 12 }, (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(9)}]`)
    const yaml = readYaml(`l0: &l0 [x]\n${levels.join('\n')}\n`)
    expect(yaml.ok ? [] : yaml.problems[0]?.message).toMatch(/alias/i)
  })

  it('reads nothing as null, and dates and versions as text', () => {
    expect(readYaml('')).toMatchObject({ ok: true, value: null })
    expect(readYaml('d: 2025-08-01')).toMatchObject({ value: { d: '2025-08-01' } })
  })
})

describe('readYaml() locate', () => {
  it('finds keys, items and, for what is missing, the map that misses it', () => {
    const text = 'patterns:\n  - name: a\n    examples:\n      match: [x, y]\n'
    expect(locate(text, ['patterns', 0, 'name'])).toBe('f.yaml:2:5: patterns[0].name: wrong')
    expect(locate(text, ['patterns', 0, 'examples', 'match', 1])).toBe(
      'f.yaml:4:18: patterns[0].examples.match[1]: wrong',
    )
    expect(locate(text, ['patterns', 0, 'regex'])).toBe('f.yaml:2:5: patterns[0].regex: wrong')
    expect(locate(text, [])).toBe('f.yaml:1:1: wrong')
  })
})
