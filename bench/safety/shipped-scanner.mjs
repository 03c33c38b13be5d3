// The scanner of config/patterns.yaml; also a module for the scorer of the shared set: scan(text) → its verdict.
import { readFileSync } from 'node:fs'
import { parsePatternFile } from '../../packages/server/dist/enrich/pattern-file.js'

let scanner

export async function openShippedScanner() {
  if (scanner) return scanner
  const parsed = parsePatternFile(readFileSync(new URL('../../config/patterns.yaml', import.meta.url), 'utf8'))
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('; '))
  scanner = parsed.value
  return scanner
}

await openShippedScanner()

export function scan(text) {
  const findings = scanner.scan(text)
  return {
    pii_detected: findings.some(({ kind }) => kind === 'pii'),
    injection_attempt: findings.some(({ kind }) => kind === 'injection'),
    entities: findings
      .filter(({ kind }) => kind === 'pii')
      .map(({ pattern, start, end }) => ({ type: pattern, start, end })),
  }
}
