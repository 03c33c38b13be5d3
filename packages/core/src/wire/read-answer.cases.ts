import { expect } from 'vitest'
import { crc32 } from './aws-event-stream.ts'
import { detectCall } from './detect.ts'
import { decodeUtf8, parseJson, toObject } from './json.ts'
import type { DetectedCall, ResponseParts, ResponseReader } from './wire.ts'

/** Hand-written exchanges for the tests of wire formats. */
export interface Sent {
  readonly url: string
  /** The request's body; an object without `messages` and the like is enough at a known host. */
  readonly request?: object
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body: string | Uint8Array
}

const encoder = new TextEncoder()

export function toBytes(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? encoder.encode(body) : body
}

export function detectSent(sent: Sent): DetectedCall {
  const body = JSON.stringify(sent.request ?? { model: 'm' })
  const call = detectCall({ method: 'POST', url: new URL(sent.url), headers: () => null, body })
  if (call === null) throw new Error(`no model call: ${sent.url}`)
  return call
}

export function openSent(sent: Sent, content: boolean): ResponseReader {
  const { status = 200, headers = {} } = sent
  return detectSent(sent).openResponse({ status, headers: (name) => headers[name] ?? null }, { content })
}

/** Reads the answer whole and in small pieces, with content and without, and holds these readings together. */
export function readSent(sent: Sent): ResponseParts {
  const bytes = toBytes(sent.body)
  const whole = readInPieces(openSent(sent, true), bytes, bytes.byteLength)
  for (const size of [1, 3, 64]) expect(readInPieces(openSent(sent, true), bytes, size)).toEqual(whole)
  for (const pieces of [1, 3, 64, bytes.byteLength]) {
    expect(readInPieces(openSent(sent, false), bytes, pieces)).toEqual(withoutContent(whole))
  }
  expect(readByLine(openSent(sent, false), bytes)).toEqual(withoutContent(whole))
  const value = whole.streamed ? null : toObject(parseJson(decodeUtf8(bytes)))
  if (value !== null) {
    for (const content of [true, false]) {
      const reader = openSent(sent, content)
      reader.readWhole(value)
      expect(reader.end()).toEqual(content ? whole : withoutContent(whole))
    }
  }
  return whole
}

export function readInPieces(reader: ResponseReader, bytes: Uint8Array, size: number): ResponseParts {
  for (let at = 0; at < bytes.byteLength; at += Math.max(1, size)) reader.push(bytes.subarray(at, at + size))
  return reader.end()
}

/** A chunk ends where an event does, as from a server that flushes each event: the case that is skimmed. */
export function readByLine(reader: ResponseReader, bytes: Uint8Array): ResponseParts {
  let start = 0
  for (let at = 0; at < bytes.byteLength; at++) {
    if (bytes[at] === 10 && bytes[at + 1] !== 10 && bytes[at + 1] !== 13) {
      reader.push(bytes.subarray(start, at + 1))
      start = at + 1
    }
  }
  reader.push(bytes.subarray(start))
  return reader.end()
}

export function withoutContent(parts: ResponseParts): ResponseParts {
  return { ...parts, outputText: null, toolCalls: parts.toolCalls.map((call) => ({ ...call, arguments: null })) }
}

/** Server-sent events; an event that has a `type` gets it as its name, too, when named. */
export function toSse(events: readonly unknown[], options: { named?: boolean; end?: string } = {}): string {
  const lines = events.map((event) => {
    const name = options.named === true ? `event: ${(event as { type: string }).type}\n` : ''
    return `${name}data: ${JSON.stringify(event)}\n\n`
  })
  return lines.join('') + (options.end ?? '')
}

export const done = 'data: [DONE]\n\n'

export function toJsonLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('')
}

/** Messages of `application/vnd.amazon.eventstream`. */
export function toAwsStream(events: readonly (readonly [name: string, payload: unknown])[]): Uint8Array {
  const messages = events.map(([name, payload]) =>
    toAwsMessage(
      name.endsWith('Exception')
        ? { ':message-type': 'exception', ':exception-type': name }
        : { ':message-type': 'event', ':event-type': name },
      encoder.encode(JSON.stringify(payload)),
    ),
  )
  return Uint8Array.from(messages.flatMap((message) => [...message]))
}

/** An invoke stream wraps each event of the model's maker. */
export function toAwsChunks(events: readonly unknown[]): Uint8Array {
  return toAwsStream(events.map((event) => ['chunk', { bytes: btoa(JSON.stringify(event)), p: 'abc' }]))
}

export function toAwsMessage(headers: Record<string, string>, payload: Uint8Array): Uint8Array {
  const head = Uint8Array.from(
    Object.entries(headers).flatMap(([name, value]) => [
      name.length,
      ...encoder.encode(name),
      7,
      value.length >> 8,
      value.length & 255,
      ...encoder.encode(value),
    ]),
  )
  const message = new Uint8Array(12 + head.byteLength + payload.byteLength + 4)
  const view = new DataView(message.buffer)
  view.setUint32(0, message.byteLength)
  view.setUint32(4, head.byteLength)
  view.setUint32(8, crc32(message.subarray(0, 8)))
  message.set(head, 12)
  message.set(payload, 12 + head.byteLength)
  view.setUint32(message.byteLength - 4, crc32(message.subarray(0, message.byteLength - 4)))
  return message
}
