import type { Content, Finding, ToolCall } from '../calls/call.ts'

export interface Piece {
  readonly at: number
  readonly text: string
  readonly finding: Finding | null
  /** The type that was masked. */
  readonly redacted: string | null
}

/** `[EMAIL]`: what stands where personal data was. */
const placeholder = /\[([A-Z][A-Z0-9_]{1,63})\]/g

/** A text cut where a finding begins or ends; of findings that overlap the one that began first has the piece. */
export function splitText(text: string, findings: readonly Finding[]): readonly Piece[] {
  const pieces: Piece[] = []
  let at = 0
  const addPlain = (end: number) => {
    let from = at
    for (const match of text.slice(at, end).matchAll(placeholder)) {
      const start = at + match.index
      if (start > from) pieces.push({ at: from, text: text.slice(from, start), finding: null, redacted: null })
      pieces.push({ at: start, text: match[0], finding: null, redacted: match[1] ?? '' })
      from = start + match[0].length
    }
    if (end > from) pieces.push({ at: from, text: text.slice(from, end), finding: null, redacted: null })
    at = end
  }
  for (const finding of [...findings].sort((one, other) => one.start - other.start || other.end - one.end)) {
    const [start, end] = [Math.max(at, finding.start), Math.min(finding.end, text.length)]
    if (start >= end) continue
    addPlain(start)
    pieces.push({ at: start, text: text.slice(start, end), finding, redacted: null })
    at = end
  }
  addPlain(text.length)
  return pieces
}

export interface KeptText {
  readonly role: string
  readonly text: string
  readonly findings: readonly Finding[]
}

/**
 * The kept texts of a call with the findings of each. Offsets of findings are in all texts joined by one line end: input
 * in order, output, tool arguments. They hold in the text as it was sent: once masked, only the placeholders are marked.
 */
export function listKeptTexts(
  content: Content,
  toolCalls: readonly ToolCall[],
  findings: readonly Finding[],
): readonly KeptText[] {
  const texts = [
    ...(content.input ?? []),
    ...(content.output === null ? [] : [{ role: 'assistant', text: content.output }]),
    ...toolCalls.flatMap(({ name, arguments: args }) =>
      args === null ? [] : [{ role: `tool call ${name}`, text: args }],
    ),
  ]
  const isMasked = texts.some(({ text }) => text.search(placeholder) !== -1)
  let offset = 0
  return texts.map(({ role, text }) => {
    const [from, to] = [offset, offset + text.length]
    offset = to + 1
    const own = findings
      .filter(({ start, end }) => end > start && start >= from && end <= to)
      .map((finding) => ({ ...finding, start: finding.start - from, end: finding.end - from }))
    return { role, text, findings: isMasked ? [] : own }
  })
}
