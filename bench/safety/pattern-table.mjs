// Precision and recall of every shipped pattern by itself, as docs/reference/patterns.md: printed, written (--write) or compared with
// what stands there (--check). On data of the project's own only, so that it gives the same everywhere.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readRows } from './accuracy.mjs'
import { makeDocuments } from './make-documents.mjs'
import { makeTexts } from './make-texts.mjs'
import { openShippedScanner } from './shipped-scanner.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const page = here('../../docs/reference/patterns.md')

/** Pattern → the kind of data it is for, where neither its name nor its prefix says so. */
const kinds = {
  email: 'EMAIL',
  phone: 'PHONE',
  credit_card: 'CREDIT_CARD',
  iban: 'IBAN',
  us_ssn: 'US_SSN',
  ip_address: 'IP_ADDRESS',
  ipv6_address: 'IP_ADDRESS',
  date_of_birth: 'DOB',
  passport: 'PASSPORT',
  driver_license: 'DRIVER_LICENSE',
  private_key: 'PRIVATE_KEY',
  jwt: 'JWT',
  person: 'PERSON',
  street_address: 'ADDRESS',
}

function kindOf(name, known) {
  if (known.has(name)) return name
  const stem = name.replace(/_labelled$/, '')
  if (known.has(stem)) return stem
  const prefix = Object.keys(kinds).find((each) => name.startsWith(each))
  return prefix ? kinds[prefix] : 'SECRET'
}

const overlaps = (a, b) => Math.min(a.end, b.end) > Math.max(a.start, b.start)
const percent = (part, whole) => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1).replace(/\.0$/, '')} %`)

function tabulatePersonal(scanner, rows) {
  const kindsSeen = new Map()
  for (const { spans = [] } of rows)
    for (const span of spans) kindsSeen.set(kindOfSpan(span), (kindsSeen.get(kindOfSpan(span)) ?? 0) + 1)
  const lines = [
    '| pattern | spans of its kind that it finds | findings | right | precision |',
    '|---|---|---|---|---|',
  ]
  for (const { name, type, isEnabled } of scanner.definitions) {
    if (type !== 'PII_STRUCTURAL') continue
    const search = scanner.createSearch(name)
    const kind = kindOf(name, kindsSeen)
    const count = { found: 0, findings: 0, right: 0 }
    for (const { text, spans = [] } of rows) {
      const findings = search(text)
      count.findings += findings.length
      count.right += findings.filter((finding) => spans.some((span) => overlaps(finding, span))).length
      const own = spans.filter((span) => kindOfSpan(span) === kind)
      count.found += own.filter((span) => findings.some((finding) => overlaps(finding, span))).length
    }
    const all = kindsSeen.get(kind) ?? 0
    const recall = all === 0 ? '–' : `${count.found} of ${all} ${kind.replace(/^national_id.*/, 'ids')}`
    const mark = isEnabled === false ? ' (off)' : ''
    lines.push(
      `| \`${name}\`${mark} | ${recall} | ${count.findings} | ${count.right} | ${percent(count.right, count.findings)} |`,
    )
  }
  return lines
}

function kindOfSpan({ kind, type }) {
  return kind === 'PHONE_NATIONAL' ? 'PHONE' : (kind ?? type)
}

function tabulateInjections(scanner, rows) {
  const attacks = rows.filter(({ label }) => label === 'injection')
  const others = rows.filter(({ label }) => label !== 'injection')
  const lines = ['| pattern | weight | in attacks | in other texts | precision | recall |', '|---|---|---|---|---|---|']
  for (const { name, type, weight } of scanner.definitions) {
    if (type !== 'INJECTION_ATTEMPT') continue
    const search = scanner.createSearch(name)
    const [right, wrong] = [attacks, others].map((texts) => texts.filter(({ text }) => search(text).length > 0).length)
    lines.push(
      `| \`${name}\` | ${weight} | ${right} | ${wrong} | ${percent(right, right + wrong)} | ${percent(right, attacks.length)} |`,
    )
  }
  return { lines, attacks: attacks.length, others: others.length }
}

export async function makePage() {
  const scanner = await openShippedScanner()
  const personal = [...makeDocuments('a'), ...makeDocuments('b'), ...readRows(here('own/pii.dev.own.jsonl.gz'))]
  const injections = tabulateInjections(scanner, [...readRows(here('own/injection.dev.own.jsonl.gz')), ...makeTexts()])
  return `# Every pattern, measured

Made by \`node bench/safety/pattern-table.mjs --write\`; a test holds it to the shipped \`config/patterns.yaml\`. The data are the project's
own, patterns were tuned on most of it, and so these are the figures of a pattern by itself at its best. What the whole finds on
data of others stands in [safety](../safety.md) and [personal data](../personal-data.md), and so does what it cannot.

## Personal data and secrets

${personal.length.toLocaleString('en')} texts: documents made from the published formats, look-alikes (UUIDs, hashes, versions, order numbers …), and the written set
\`bench/safety/own\`. Several patterns share a kind, so that each finds its part of it only. "–": the data have none.

${tabulatePersonal(scanner, personal).join('\n')}

## Injections

${injections.attacks.toLocaleString('en')} attacks and ${injections.others.toLocaleString('en')} other texts: the written set, and what \`bench/safety/make-texts.mjs\` makes of the sentences in \`bench/safety/texts\`.
One pattern is a hint. It takes the weights of several to reach the threshold (${scanner.threshold}), and those below zero speak against.

${injections.lines.join('\n')}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = await makePage()
  if (process.argv.includes('--write')) writeFileSync(page, made)
  else if (!process.argv.includes('--check')) console.log(made)
  else if (readFileSync(page, 'utf8') !== made) {
    console.error('docs/reference/patterns.md is stale: run node bench/safety/pattern-table.mjs --write')
    process.exitCode = 1
  }
}
