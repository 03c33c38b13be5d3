import { ByteBuffer } from './byte-buffer.ts'
import { decodeUtf8 } from './json.ts'

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html and the smithy event stream specification. */
const preludeBytes = 12
const crcBytes = 4
/** AWS allows 24 MiB in a message; model events are a few kilobytes. */
const maxMessageBytes = 16 * 1024 * 1024

export interface AwsEvent {
  /** `:event-type`, or `:exception-type` when it is an exception. */
  readonly name: string
  readonly exception: boolean
  readonly payload: Uint8Array
}

/**
 * Cuts `application/vnd.amazon.eventstream` into its events. Both checksums are checked: a message with a wrong one is left out,
 * and after a wrong prelude, where no later message can be found, the rest of the stream is.
 */
export class AwsEventStreamReader {
  readonly #onEvent: (event: AwsEvent) => void
  readonly #pending = new ByteBuffer(maxMessageBytes)
  #lost = false

  constructor(onEvent: (event: AwsEvent) => void) {
    this.#onEvent = onEvent
  }

  get idle(): boolean {
    return this.#pending.length === 0
  }

  push(chunk: Uint8Array): void {
    if (this.#lost) return
    if (this.idle) {
      this.#keep(chunk, this.#readMessages(chunk))
      return
    }
    this.#pending.append(chunk)
    if (this.#pending.overflowed) this.#lost = true
    const view = this.#pending.view()
    const read = this.#readMessages(view)
    if (read === 0) return
    const rest = view.slice(read)
    this.#pending.clear()
    this.#keep(rest, 0)
  }

  end(): void {
    this.#pending.clear()
  }

  #keep(bytes: Uint8Array, from: number): void {
    if (!this.#lost && from < bytes.byteLength) this.#pending.append(bytes.subarray(from))
  }

  /** Gives the offset of the first byte that belongs to no whole message. */
  #readMessages(bytes: Uint8Array): number {
    let offset = 0
    while (bytes.byteLength - offset >= preludeBytes) {
      const total = readUint32(bytes, offset)
      const headers = readUint32(bytes, offset + 4)
      const prelude = bytes.subarray(offset, offset + 8)
      if (
        crc32(prelude) !== readUint32(bytes, offset + 8) ||
        total > maxMessageBytes ||
        preludeBytes + headers + crcBytes > total
      ) {
        this.#lost = true
        return bytes.byteLength
      }
      if (bytes.byteLength - offset < total) break
      this.#readMessage(bytes.subarray(offset, offset + total), headers)
      offset += total
    }
    return offset
  }

  #readMessage(message: Uint8Array, headerBytes: number): void {
    const end = message.byteLength - crcBytes
    if (crc32(message.subarray(0, end)) !== readUint32(message, end)) return
    const headers = readHeaders(message.subarray(preludeBytes, preludeBytes + headerBytes))
    const kind = headers.get(':message-type')
    const exception = kind === 'exception' || kind === 'error'
    const name = headers.get(exception ? ':exception-type' : ':event-type') ?? headers.get(':error-code') ?? ''
    this.#onEvent({ name, exception, payload: message.subarray(preludeBytes + headerBytes, end) })
  }
}

/** Bytes of a header value by its type: true, false, byte, short, int, long, (bytes, string), timestamp, uuid. */
const valueBytes = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16]
const stringType = 7

function readHeaders(bytes: Uint8Array): Map<string, string> {
  const headers = new Map<string, string>()
  let at = 0
  while (at < bytes.byteLength) {
    const nameEnd = at + 1 + (bytes[at] ?? 0)
    const type = bytes[nameEnd] ?? -1
    const fixed = valueBytes[type]
    if (fixed === undefined) break
    const start = nameEnd + (fixed === -1 ? 3 : 1)
    const length = fixed === -1 ? ((bytes[nameEnd + 1] ?? 0) << 8) | (bytes[nameEnd + 2] ?? 0) : fixed
    if (type === stringType) {
      headers.set(decodeUtf8(bytes.subarray(at + 1, nameEnd)), decodeUtf8(bytes.subarray(start, start + length)))
    }
    at = start + length
  }
  return headers
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
  )
}

const crcTable = makeCrcTable()

function makeCrcTable(): Uint32Array {
  const table = new Uint32Array(256)
  for (let i = 0; i < 256; i++) {
    let value = i
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
    table[i] = value
  }
  return table
}

/** CRC-32 as in zlib. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (let i = 0; i < bytes.byteLength; i++) crc = (crc >>> 8) ^ (crcTable[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}
