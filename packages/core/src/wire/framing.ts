/** How the bytes of an answer are cut: one JSON value, event or JSON lines, the elements of a JSON array, AWS's binary messages. */
export type Framing = 'whole' | 'lines' | 'array' | 'aws' | 'unreadable'

export interface FramingHints {
  /** Without parameters, lower case; empty when the answer has none. */
  readonly contentType: string
  /** The request asked for a stream and the status says that it worked. */
  readonly streamExpected: boolean
  readonly streamShape: 'lines' | 'array' | undefined
}

/** Enough bytes to tell every framing apart. */
export const sniffBytes = 8

const lineTypes = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonl',
  'application/json-lines',
  'application/stream+json',
])

/**
 * The bytes decide, as content types are missing or wrong in practice (JSON lines as `application/json`, errors as
 * `text/event-stream`); the type only where the bytes allow both. Null: too few bytes yet.
 */
export function chooseFraming(head: Uint8Array, ended: boolean, hints: FramingHints): Framing | null {
  if (hints.contentType === 'application/vnd.amazon.eventstream') return 'aws'
  const start = skipBlanks(head)
  const first = head[start]
  if (first === undefined) return ended ? 'unreadable' : null
  if (first === 0) return 'aws'
  const expected = hints.streamExpected ? hints.streamShape : undefined
  if (first === 0x7b) return lineTypes.has(hints.contentType) || expected === 'lines' ? 'lines' : 'whole'
  if (first === 0x5b) return expected === 'array' ? 'array' : 'whole'
  if (hints.contentType === 'text/event-stream' || lineTypes.has(hints.contentType)) return 'lines'
  if (head.byteLength - start < sniffBytes && !ended) return null
  const text = String.fromCharCode(...head.subarray(start, start + sniffBytes))
  return /^(?:data|event|id|retry)?:/.test(text) ? 'lines' : 'unreadable'
}

function skipBlanks(head: Uint8Array): number {
  let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
  while (head[at] === 0x20 || head[at] === 0x09 || head[at] === 0x0a || head[at] === 0x0d) at++
  return at
}
