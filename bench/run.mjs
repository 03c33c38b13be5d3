// npm run bench [name …]: runs the benches one after the other, each in a process of its own. Nothing else should run meanwhile.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const benches = [
  'queue',
  'sdk-overhead',
  'sdk-paired',
  'server-ingest',
  'server-overload',
  'server-rest',
  'server-boot',
  'safety',
  'console-paint',
]
const asked = process.argv.slice(2)
const unknown = asked.find((name) => !benches.includes(name))
if (unknown !== undefined) {
  console.error(`Cannot run ${unknown}: there are ${benches.join(', ')}`)
  process.exit(2)
}
for (const name of asked.length > 0 ? asked : benches) {
  console.log(`\n== ${name}`)
  const script = fileURLToPath(new URL(`${name}.mjs`, import.meta.url))
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
