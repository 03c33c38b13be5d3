import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('docs/reference/patterns.md says what the shipped patterns do', { timeout: 120_000 }, async () => {
  const script = fileURLToPath(new URL('../bench/safety/pattern-table.mjs', import.meta.url))
  await expect(promisify(execFile)(process.execPath, [script, '--check'])).resolves.toMatchObject({ stderr: '' })
})
