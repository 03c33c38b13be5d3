// Precision and recall of the shipped patterns for personal data and secrets, by type of data, on documents made from the
// formats (bench/safety/make-documents.mjs), on the project's own written set, and on ../shared/safety/data where that is there.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { loadScanner } from './safety/load-scanner.mjs'
import { makeDocuments } from './safety/make-documents.mjs'

const scanner = loadScanner('PII_STRUCTURAL')
const core = ['EMAIL', 'PHONE', 'CREDIT_CARD', 'IBAN', 'US_SSN', 'IP_ADDRESS', 'SECRET', 'JWT', 'PRIVATE_KEY']
/** Persons, places and the like: neither asked of the patterns nor counted against them. */
const notStructural =
  /^(PERSON|ADDRESS|GPE|LOCATION|ORGANIZATION|TITLE|NRP|AGE|DATE_TIME|ZIP_CODE|DOMAIN_NAME|DEVICE_ID|IP_PRIVATE)$/

function readRows(url) {
  const path = fileURLToPath(new URL(url, import.meta.url))
  if (!existsSync(path)) return []
  const bytes = readFileSync(path)
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

function overlap(a, b) {
  const shared = Math.min(a.end, b.end) - Math.max(a.start, b.start)
  return shared <= 0 ? 0 : shared / (Math.max(a.end, b.end) - Math.min(a.start, b.start))
}

/** By type: spans, spans found; and over the rows: documents with and without, flagged or not. */
function measure(rows) {
  const types = new Map()
  const patterns = new Map()
  const documents = { with: 0, flagged: 0, without: 0, wrong: 0 }
  for (const { text, spans = [] } of rows) {
    const findings = scanner.scan(text)
    for (const span of spans) {
      if (notStructural.test(span.type)) continue
      const type = types.get(span.type) ?? { spans: 0, found: 0 }
      types.set(span.type, type)
      type.spans++
      if (findings.some((finding) => overlap(finding, span) >= 0.5)) type.found++
    }
    for (const finding of findings) {
      const count = patterns.get(finding.pattern) ?? { right: 0, wrong: 0 }
      patterns.set(finding.pattern, count)
      if (spans.some((span) => overlap(finding, span) > 0)) count.right++
      else count.wrong++
    }
    if (spans.some(({ type }) => core.includes(type))) {
      documents.with++
      if (findings.length > 0) documents.flagged++
    } else if (spans.length === 0) {
      documents.without++
      if (findings.length > 0) documents.wrong++
    }
  }
  return { types, patterns, documents }
}

const percent = (part, all) => (all === 0 ? '-' : `${((100 * part) / all).toFixed(1)} %`)

const sources = {
  'formats, part a (tuned on)': makeDocuments('a'),
  'formats, part b (measured only)': makeDocuments('b'),
  'own set (tuned on)': readRows('safety/own/pii.dev.own.jsonl.gz'),
}
for (const row of readRows('../../shared/safety/data/pii.dev.jsonl.gz')) {
  if (row.source.startsWith('own-')) continue
  const name = `${row.source} (measured only)`
  sources[name] = [...(sources[name] ?? []), row]
}
for (const row of readRows('../../shared/safety/data/benign.dev.jsonl')) {
  const name = `${row.source}, ordinary prompts (measured only)`
  sources[name] = [...(sources[name] ?? []), { text: row.text }]
}

const line = { bench: 'safety-pii', sources: {} }
const all = new Map()
for (const [name, rows] of Object.entries(sources)) {
  const { types, patterns, documents } = measure(rows)
  const missed = [...types].filter(([, { spans, found }]) => found < spans)
  console.log(`\n${name}: ${rows.length} documents`)
  if (documents.with > 0)
    console.log(`  core types found in ${percent(documents.flagged, documents.with)} of ${documents.with}`)
  if (documents.without > 0)
    console.log(`  wrongly flagged ${percent(documents.wrong, documents.without)} of ${documents.without}`)
  for (const [type, { spans, found }] of missed) console.log(`  ${type}: ${found} of ${spans} spans`)
  line.sources[name] = documents
  for (const [pattern, { right, wrong }] of patterns) {
    const sum = all.get(pattern) ?? { right: 0, wrong: 0 }
    all.set(pattern, { right: sum.right + right, wrong: sum.wrong + wrong })
  }
}
console.log('\npattern, right, wrong, precision over all sources')
for (const { name } of scanner.definitions) {
  const { right, wrong } = all.get(name) ?? { right: 0, wrong: 0 }
  console.log(
    `  ${name.padEnd(24)} ${String(right).padStart(6)} ${String(wrong).padStart(5)}  ${percent(right, right + wrong)}`,
  )
}
console.log(JSON.stringify(line))
