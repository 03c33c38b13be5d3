import type { Finding, FindingKind } from '../call.ts'
import { mergeFindings } from './merge-findings.ts'

/** What stands in the place of a finding. */
export type PlaceholderOf = (pattern: string, matched: string) => string

export interface RedactOptions {
  /** Which findings are replaced. */
  readonly kinds?: ReadonlySet<FindingKind>
  readonly placeholderOf?: PlaceholderOf
}

const personalData: ReadonlySet<FindingKind> = new Set(['pii'])
const nameOnly: PlaceholderOf = (pattern) => `[${pattern.toUpperCase()}]`

/** The text with each finding replaced by its name: `write to [EMAIL]`. Unless told otherwise, injections stay readable. */
export function redact(
  text: string,
  findings: readonly Finding[],
  { kinds = personalData, placeholderOf = nameOnly }: RedactOptions = {},
): string {
  let redacted = ''
  let kept = 0
  for (const { pattern, start, end } of mergeFindings(findings.filter(({ kind }) => kinds.has(kind)))) {
    redacted += text.slice(kept, start) + placeholderOf(pattern, text.slice(start, end))
    kept = end
  }
  return redacted + text.slice(kept)
}
