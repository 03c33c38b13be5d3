import { findMarks, makeMarkTable } from './marks.ts'

const openBracket = 0x5b
const closeBracket = 0x5d
const quote = 0x22

/** Below this a body is parsed as it is. */
const worthwhileBytes = 32 * 1024

/**
 * The JSON without its vectors: lists of numbers become empty, base64 of `embedding` members an empty string. Parsing megabytes of
 * numbers to learn one count would hold up the application. A bracket inside a text may spoil the JSON: then parse what was given.
 */
export function elideVectors(json: Uint8Array): Uint8Array {
  if (json.byteLength < worthwhileBytes) return json
  const withoutNumbers = elide(json, findNumberLists(json))
  return withoutNumbers.byteLength < worthwhileBytes
    ? withoutNumbers
    : elide(withoutNumbers, findBase64(withoutNumbers))
}

interface Span {
  readonly start: number
  readonly end: number
}

function elide(json: Uint8Array, spans: Iterable<Span>): Uint8Array {
  const kept = new Uint8Array(json.byteLength)
  let length = 0
  let from = 0
  for (const { start, end } of spans) {
    kept.set(json.subarray(from, start), length)
    length += start - from
    from = end
  }
  kept.set(json.subarray(from), length)
  return kept.subarray(0, length + json.byteLength - from)
}

function* findNumberLists(json: Uint8Array): Generator<Span> {
  let open = json.indexOf(openBracket)
  while (open !== -1) {
    let end = open + 1
    if (startsNumber(json, open + 1)) {
      end = json.indexOf(closeBracket, open)
      if (end === -1) return
      yield { start: open + 1, end }
    }
    open = json.indexOf(openBracket, end)
  }
}

function startsNumber(json: Uint8Array, from: number): boolean {
  let at = from
  while ((json[at] ?? 0) <= 0x20 && at < json.byteLength) at++
  const byte = json[at] ?? 0
  return byte === 0x2d || (byte >= 0x30 && byte <= 0x39)
}

const embeddingTable = makeMarkTable(['"embedding":"', '"embedding": "'])

function* findBase64(json: Uint8Array): Generator<Span> {
  for (const start of findMarks(json, embeddingTable)) {
    const end = json.indexOf(quote, start)
    if (end !== -1) yield { start, end }
  }
}
