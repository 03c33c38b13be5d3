// npm run bench:safety: what the shipped patterns find and what they flag wrongly, by type and source, and how fast, beside other
// packages (--peers installs those). The project's own set always; the shared one where it is beside the repository: what was
// looked at and what was only measured apart, leave-one-source-out, and whether a linear model would help. Each pattern by
// itself: bench/safety/pattern-table.mjs.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { measureInjections, readRows } from './safety/accuracy.mjs'
import { leaveOneOut } from './safety/leave-one-out.mjs'
import { trainLinearModel } from './safety/linear-model.mjs'
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
  ]
  show('shared set, sources looked at', 'lookedAt', rows.filter(isLookedAt))
  show(
    'shared set, sources only measured',
    'measuredOnly',
    rows.filter((row) => !isLookedAt(row)),
  )
  leaveOut(rows.filter(({ source }) => !source.startsWith('own-')))
  console.log(JSON.stringify(line))
  run([`${shared}score.mjs`, '--module', here('safety/shipped-scanner.mjs'), '--stress'])
} else {
  console.log('left out: the shared set, as ../shared/safety is not there')
  console.log(JSON.stringify(line))
}
run([here('safety-pii.mjs')])
run([here('safety-speed.mjs'), ...process.argv.slice(2)])

/** Patterns and words were tuned with these before the eyes; nobody read the others or what is missed of them. */
function isLookedAt({ source }) {
  return /^(?:own-|inthewild|arena|awesome)/.test(source)
}

function leaveOut(rows) {
  const ours = [...own, ...makeTexts()]
  const rate = trainLinearModel(ours)
  const score = (text) => scanner.detect(text).score
  const judges = {
    'the patterns': score,
    'a linear model, trained on our own texts': rate,
    'the patterns and up to 0.4 from the model': (text) => score(text) + 0.4 * rate(text),
  }
  line.leaveOneOut = {}
  for (const [name, judge] of Object.entries(judges)) {
    const { table, ...summary } = leaveOneOut(judge, rows)
    console.log(`\n== each source left out in turn, threshold from the others at 0.7 % flagged: ${name}`)
    console.table(table)
    console.log(JSON.stringify(summary))
    line.leaveOneOut[name] = summary
  }
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
