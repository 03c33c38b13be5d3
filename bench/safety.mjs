// npm run bench:safety: what the shipped patterns find and what they flag wrongly, by source, and how fast. The project's own set
// always; the shared one through its scorer where it is beside the repository, and leave-one-source-out on it. Each pattern by itself:
// bench/safety/pattern-table.mjs. Speed and other packages: bench/safety-speed.mjs, bench/safety-peers.mjs.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { measureInjections, readRows } from './safety/accuracy.mjs'
import { leaveOneOut } from './safety/leave-one-out.mjs'
import { makeTexts } from './safety/make-texts.mjs'
import { openShippedScanner } from './safety/shipped-scanner.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const shared = here('../../shared/safety/')
const scanner = await openShippedScanner()
const own = readRows(here('safety/own/injection.dev.own.jsonl.gz'))

const line = { bench: 'safety' }
show('own set (patterns and words were tuned on it: a floor, not a promise)', 'own', own)
show('made of our own sentences, part a (tuned on)', 'madeA', groupByLanguage(makeTexts('a')))
show('made of our own sentences, part b (other sentences of the same hand)', 'madeB', groupByLanguage(makeTexts('b')))
if (existsSync(`${shared}score.mjs`)) {
  const rows = [
    ...readRows(`${shared}data/injection.dev.jsonl`),
    ...readRows(`${shared}data/benign.dev.jsonl`).map((row) => ({ ...row, label: 'benign' })),
  ].filter(({ source }) => !source.startsWith('own-'))
  const { table, ...summary } = leaveOneOut(scanner, rows)
  console.log(
    '\n== injections, each source left out in turn: threshold from the others at 0.7 % flagged, measured on it',
  )
  console.table(table)
  console.log(summary)
  Object.assign(line, { leaveOneOut: summary })
  console.log(JSON.stringify(line))
  run([`${shared}score.mjs`, '--module', here('safety/shipped-scanner.mjs'), '--stress'])
} else {
  console.log('left out: the shared set, as ../shared/safety is not there')
  console.log(JSON.stringify(line))
}

function show(title, name, rows) {
  console.log(`\n== injections, ${title}`)
  const measured = measureInjections(scanner, rows)
  console.table(measured.rows)
  line[name] = measured.total
}

function groupByLanguage(rows) {
  return rows.map((row) => ({ ...row, source: row.language }))
}

function run(args) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
