import type { Finding } from '../call.ts'

/**
 * Findings that overlap become one that covers them all, under the name of the longest (the first of equals), so that
 * redaction leaves no rest of any of them.
 */
export function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
  const sorted = [...findings].sort((a, b) => a.start - b.start || b.end - a.end)
  const merged: Finding[] = []
  let leading = 0
  for (const finding of sorted) {
    const last = merged.at(-1)
    const length = finding.end - finding.start
    if (!last || finding.start >= last.end) {
      merged.push(finding)
      leading = length
      continue
    }
    const pattern = length > leading ? finding.pattern : last.pattern
    leading = Math.max(leading, length)
    merged[merged.length - 1] = { ...last, pattern, end: Math.max(last.end, finding.end) }
  }
  return merged
}
