import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCliToEnd } from './harness/run-cli.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inferometer-scan-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('inferometer scan', () => {
  it('tells places and names, never values, and fails for what it is told to', async () => {
    const file = join(folder, 'prompt.txt')
    await writeFile(file, 'Hello\nwrite to ana@example.com')
    const { exitCode, out } = await runCliToEnd(['scan', file])
    expect(out).toBe(`${file}:2:10: pii: email\n`)
    expect(exitCode).toBe(1)
    expect((await runCliToEnd(['scan', file, '--fail-on', 'injection'])).exitCode).toBe(0)
    const json = await runCliToEnd(['scan', file, '--json'])
    expect(JSON.parse(json.out)).toEqual({
      file,
      kind: 'pii',
      pattern: 'email',
      start: 15,
      end: 30,
      line: 2,
      column: 10,
    })
    const missing = await runCliToEnd(['scan', join(folder, 'none.txt')])
    expect(missing).toMatchObject({ exitCode: 2, out: '' })
    expect(missing.errors).toContain('Cannot read')
  })

  it('refuses a pattern file whose examples do not hold, with its line', async () => {
    const pattern = '  - {name: staff, type: PII_STRUCTURAL, regex: "EMP-[0-9]{4}", examples: {match: [EMP-12]}}'
    await writeFile(join(folder, 'patterns.yaml'), `patterns:\n${pattern}\n`)
    const { exitCode, errors } = await runCliToEnd(['scan', '--config-dir', folder, join(folder, 'patterns.yaml')])
    expect(errors).toMatch(
      /patterns\.yaml:2:\d+: patterns\[0\]\.examples\.match\[0\]: 'staff' does not find its example/,
    )
    expect(exitCode).toBe(1)
  })
})
