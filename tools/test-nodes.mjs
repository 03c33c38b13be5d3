// The SDK's tests under other versions of Node than the one that runs this: npm's `node` package carries the program. ESM and CommonJS,
// openai v6 and v7 are in the tests themselves. Usage: npm run test:nodes [-- version …]
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const asked = process.argv.slice(2)
const versions = asked.length > 0 ? asked : ['22.23.3', '24.21.0']
const folder = mkdtempSync(path.join(tmpdir(), 'nodes-'))

function run(program, args, options = {}) {
  const { status } = spawnSync(program, args, { stdio: 'inherit', ...options })
  return status === 0
}

try {
  for (const version of versions) {
    const at = path.join(folder, version)
    mkdirSync(at)
    writeFileSync(path.join(at, 'package.json'), '{"private":true}')
    const installed = run('npm', ['install', '--no-audit', '--no-fund', `node@${version}`], { cwd: at })
    const bin = path.join(at, 'node_modules/node/bin')
    const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` }
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
    console.log(`\n== Node ${version}`)
    const passed = installed && run(path.join(bin, 'node'), [vitest, 'run', 'packages/sdk/src'], { cwd: root, env })
    if (!passed) process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true })
}
