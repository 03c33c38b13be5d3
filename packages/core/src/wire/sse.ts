import { parseJson } from './json.ts'
import { LineReader, maxLineBytes } from './lines.ts'

/** `data` is the event's JSON value, or its text when it is no JSON (`[DONE]`). `name` is empty when the event has none. */
export type SseHandler = (data: unknown, name: string) => void

/**
 * Server-sent events with JSON data, and JSON lines. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
 * More tolerant than the standard: an event is read even when the stream ends without its blank line, and when several JSON values
 * follow each other without one. A line that begins with `{` is an event of its own, which makes it read JSON lines, too, and the
 * errors that some gateways write into a stream without `data:`.
 */
export class SseReader {
  readonly #onEvent: SseHandler
  readonly #lines = new LineReader((line) => this.#readLine(line))
  #name = ''
  #data: string[] = []
  #dataLength = 0

  constructor(onEvent: SseHandler) {
    this.#onEvent = onEvent
  }

  /** Between two events. */
  get idle(): boolean {
    return this.#lines.idle && this.#data.length === 0 && this.#name === ''
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk)
  }

  end(): void {
    this.#lines.end()
    this.#dispatch()
  }

  #readLine(line: string): void {
    if (line === '') this.#dispatch()
    else if (line.startsWith('data:')) this.#addData(line.slice(line[5] === ' ' ? 6 : 5))
    else if (line.startsWith('event:')) this.#name = line.slice(6).trim()
    else if (line.startsWith('{')) this.#onEvent(readSseData(line), this.#name)
  }

  #addData(text: string): void {
    this.#dataLength += text.length
    if (this.#dataLength <= maxLineBytes) this.#data.push(text)
  }

  #dispatch(): void {
    const data = this.#data
    const name = this.#name
    this.#data = []
    this.#dataLength = 0
    this.#name = ''
    if (data.length === 0) return
    const text = data.length === 1 ? (data[0] ?? '') : data.join('\n')
    const value = readSseData(text)
    if (data.length > 1 && typeof value === 'string') for (const part of data) this.#onEvent(readSseData(part), name)
    else this.#onEvent(value, name)
  }
}

export function readSseData(text: string): unknown {
  return parseJson(text) ?? text.trim()
}
