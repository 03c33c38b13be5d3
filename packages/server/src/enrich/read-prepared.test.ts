import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { compilePatterns } from '@inferometer/core/scan/compile-patterns'
import { preparePatterns } from '@inferometer/core/scan/prepared-patterns'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const shipped = fileURLToPath(new URL('../../../../config/patterns.yaml', import.meta.url))
const read = async (): Promise<unknown> => parse(await readFile(shipped, 'utf8'))

describe('preparePatterns()', () => {
  it('gives, through JSON, a scanner that finds what the file itself finds', async () => {
    const value = await read()
    const prepared = JSON.parse(JSON.stringify(preparePatterns(value)))
    const [plain, quick] = [compilePatterns(value), compilePatterns(prepared.value, prepared.parts)]
    if (!plain.ok || !quick.ok) throw new Error('refused')
    expect(quick.scanner.definitions).toEqual(plain.scanner.definitions)
    const texts = plain.scanner.definitions.flatMap(({ examples }) => [...examples.match, ...examples.noMatch])
    const joined = texts.map((_, at) => texts.slice(at, at + 20).join('\n'))
    expect(texts.length).toBeGreaterThan(400)
    for (const text of [...texts, ...joined]) expect(quick.scanner.detect(text)).toEqual(plain.scanner.detect(text))
  })

  it('compiles a part of the file from what was prepared of all of it', async () => {
    const { value, parts } = preparePatterns(await read())
    if (typeof value !== 'object' || value === null || !('patterns' in value) || !Array.isArray(value.patterns))
      throw new Error('no patterns')
    const patterns = value.patterns.filter(({ type }) => type === 'PII_STRUCTURAL')
    const compiled = compilePatterns({ patterns }, parts)
    expect(compiled.ok && compiled.scanner.scan('mail ana@example.com').map(({ pattern }) => pattern)).toEqual([
      'email',
    ])
  })

  it('throws where an example fails', () => {
    const pattern = { name: 'a', type: 'PII_STRUCTURAL', regex: 'abc', examples: { match: ['xyz'] } }
    expect(() => preparePatterns({ patterns: [pattern] })).toThrow("'a' does not find its example 'xyz'")
  })
})
