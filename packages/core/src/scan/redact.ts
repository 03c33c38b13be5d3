import type { Finding } from '../call.ts'
import { mergeFindings } from './merge-findings.ts'

/** The text with each finding of personal data replaced by its name: `write to [EMAIL]`. Injections stay readable. */
export function redact(text: string, findings: readonly Finding[]): string {
  let redacted = ''
  let kept = 0
  for (const { pattern, start, end } of mergeFindings(findings.filter(({ kind }) => kind === 'pii'))) {
    redacted += `${text.slice(kept, start)}[${pattern.toUpperCase()}]`
    kept = end
  }
  return redacted + text.slice(kept)
}
