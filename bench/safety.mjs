// npm run bench:safety: what the shipped patterns find and what they flag wrongly, by source, and how fast. The project's own set
// always; the shared one through its scorer where it is beside the repository. --table prints the table of docs/safety.md.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { measureInjections, readRows, tabulatePatterns } from './safety/accuracy.mjs'
import { openShippedScanner } from './safety/shipped-scanner.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const shared = here('../../shared/safety/')
const scanner = await openShippedScanner()
const own = readRows(here('safety/own/injection.dev.own.jsonl.gz'))

if (process.argv.includes('--table')) {
  console.log(tabulatePatterns(scanner, own))
} else {
  console.log('\n== injections, own set (patterns and words were tuned on it: a floor, not a promise)')
  const { rows, total } = measureInjections(scanner, own)
  console.table(rows)
  console.log(JSON.stringify({ bench: 'safety', set: 'own', injection: total }))
  if (existsSync(`${shared}score.mjs`))
    run([`${shared}score.mjs`, '--module', here('safety/shipped-scanner.mjs'), '--stress'])
  else console.log('left out: the shared set, as ../shared/safety is not there')
  const speed = here('safety/speed.mjs')
  if (existsSync(speed)) run([speed])
}

function run(args) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
