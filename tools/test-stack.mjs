// npm run test:stack [vitest's arguments …]: builds the real programs where Go is there, then runs the tests that need them. What is missing is
// named and left out; it fails only when a test fails.
import { spawnSync } from 'node:child_process'
import { delimiter, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findPeer } from './peers/list.mjs'
import { findPython, makePython } from './peers/python-venv.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = (command, args, env = process.env) => spawnSync(command, args, { cwd: root, stdio: 'inherit', env }).status

if (spawnSync('go', ['version']).status === 0)
  run('node', ['tools/build-peers.mjs', '--minutes', process.env.PEERS_MINUTES ?? '40'])
else console.log('LEFT OUT: Go is not installed, so no program is built; those built before are used')

const withoutPython = makePython()
if (withoutPython !== undefined) console.log(`LEFT OUT: the Python instrumentations: ${withoutPython}`)

// The current Prometheus before that of the system: the dashboards' tests take the one on PATH.
const prometheus = findPeer('prometheus')
const path = [...(prometheus ? [dirname(prometheus)] : []), process.env.PATH].join(delimiter)
if (!prometheus) console.log('LEFT OUT: no current Prometheus; the dashboards are asked of that on PATH, if any')
process.exitCode =
  run('npx', ['vitest', 'run', '-c', 'vitest.stack.config.ts', ...process.argv.slice(2)], {
    ...process.env,
    PATH: path,
    ...(findPeer('otelcol') && { INFEROMETER_TEST_OTELCOL: findPeer('otelcol') }),
    ...(withoutPython === undefined && { INFEROMETER_TEST_PYTHON: findPython() }),
  }) ?? 1
