// Precision, recall, F1 and false-positive rate of injections, by source; and what each pattern sees.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** Rows of {text, label, source}, one JSON to a line. */
export function readRows(path) {
  const bytes = readFileSync(path)
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

export function measureInjections(scanner, rows) {
  const bySource = new Map()
  const total = { attacks: 0, found: 0, benign: 0, flagged: 0 }
  for (const { text, label, source } of rows) {
    const isFlagged = scanner.scan(text).some(({ kind }) => kind === 'injection')
    const counts = bySource.get(source) ?? { attacks: 0, found: 0, benign: 0, flagged: 0 }
    bySource.set(source, counts)
    for (const each of [counts, total]) {
      const isAttack = label === 'injection'
      each[isAttack ? 'attacks' : 'benign']++
      if (isFlagged) each[isAttack ? 'found' : 'flagged']++
    }
  }
  const table = Object.fromEntries([...bySource].sort().map(([source, counts]) => [source, rate(counts)]))
  return { rows: { ...table, all: rate(total) }, total: rate(total) }
}

function rate({ attacks, found, benign, flagged }) {
  const share = (part, whole) => (whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000)
  const precision = share(found, found + flagged)
  const recall = share(found, attacks)
  const f1 = precision && recall ? share(2 * precision * recall, precision + recall) : null
  return { attacks, found, benign, flagged, precision, recall, f1, falsePositiveRate: share(flagged, benign) }
}
