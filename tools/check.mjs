// npm run check: types, lint and the rules, each as its own process; all run, any failure fails.
import { spawnSync } from 'node:child_process'
import { root } from './source-files.mjs'

const steps = [
  ['types of the packages', 'npx', ['tsc', '-b']],
  ['types of the tests', 'npx', ['tsc', '-p', 'tsconfig.test.json']],
  ['lint and format', 'npx', ['biome', 'ci', '.']],
  ['imports', 'node', ['tools/check-imports.mjs']],
  ['sizes', 'node', ['tools/check-size.mjs']],
  ['names', 'node', ['tools/check-names.mjs']],
  ['docs', 'node', ['tools/check-docs.mjs']],
]
const failed = []
for (const [name, command, args] of steps) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (error) console.error(`Cannot run ${command}: ${error.message}`)
  if (status !== 0) failed.push(name)
}
if (failed.length > 0) {
  console.error(`check failed: ${failed.join(', ')}`)
  process.exit(1)
}
console.log('check: all passed')
