import { type AwsEvent, AwsEventStreamReader } from './aws-event-stream.ts'
import { decodeBase64 } from './base64.ts'
import { ByteBuffer } from './byte-buffer.ts'
import { AnswerDraft } from './draft.ts'
import { elideVectors } from './elide-vectors.ts'
import { readErrorBody, readErrorMember } from './failure.ts'
import type { AnswerFormat } from './format.ts'
import { chooseFraming, type Framing, type FramingHints, sniffBytes } from './framing.ts'
import { decodeUtf8, type JsonObject, parseJson, toObject, toText } from './json.ts'
import { JsonArrayReader } from './json-array.ts'
import { toParts } from './parts.ts'
import { hasDone, planSkim } from './skim.ts'
import { chunkOverheadBytes, SkimWindow } from './skim-window.ts'
import { SseReader } from './sse.ts'
import type { ReadOptions, ResponseParts, ResponseReader, WireResponse } from './wire.ts'

/** A larger whole answer is not read; its status and headers still are. */
const maxBodyBytes = 32 * 1024 * 1024
/** How much of a stream is kept for readOutput. */
const maxRetainedBytes = 8 * 1024 * 1024
const lf = 10

export interface OpenOptions extends ReadOptions {
  /** The request asked for a stream. */
  readonly streaming: boolean
}

export function openReader(format: AnswerFormat, response: WireResponse, options: OpenOptions): ResponseReader {
  return new AnswerReader(format, response, options)
}

interface StreamReader {
  readonly idle: boolean
  push(chunk: Uint8Array): void
  end(): void
}

class AnswerReader implements ResponseReader {
  readonly #format: AnswerFormat
  readonly #response: WireResponse
  readonly #options: OpenOptions
  readonly #hints: FramingHints
  readonly #draft: AnswerDraft
  readonly #body = new ByteBuffer(maxBodyBytes)
  #framing: Framing | null = null
  #stream: StreamReader | null = null
  #window: SkimWindow | null = null
  #retained: Uint8Array[] | null
  #retainedBytes = 0
  /** The sentinel that ends OpenAI's streams was there. */
  #done = false
  #parts: ResponseParts | null = null
  /** Everything that an answer given as a value says, where it sent no usage. */
  #output: string | null = null
  #wholeRead = false

  constructor(format: AnswerFormat, response: WireResponse, options: OpenOptions) {
    this.#format = format
    this.#response = response
    this.#options = options
    this.#draft = new AnswerDraft(options.content)
    this.#retained = options.content ? null : []
    const contentType = response.headers('content-type') ?? ''
    this.#hints = {
      contentType: (contentType.split(';')[0] ?? '').trim().toLowerCase(),
      streamExpected: options.streaming && response.status < 400,
      streamShape: format.streamShape,
    }
  }

  get contentSeen(): boolean {
    return this.#draft.contentSeen
  }

  hasEnded(): boolean {
    this.#window?.skimEvents()
    const { failure, complete, usage } = this.#draft
    if (this.#stream === null) return false
    // Where usage comes behind the finish reason, only both together are the end.
    return this.#done || failure !== null || (complete && usage !== null)
  }

  push(chunk: Uint8Array): void {
    if (this.#parts !== null || chunk.byteLength === 0) return
    this.#retain(chunk)
    if (this.#framing === null) this.#sniff(chunk)
    else this.#read(chunk)
  }

  readWhole(value: unknown): void {
    if (this.#parts !== null || this.#framing !== null) return
    this.#framing = 'whole'
    this.#retained = null
    this.#wholeRead = true
    const object = toObject(Array.isArray(value) ? value[0] : value)
    if (object !== null) this.#readObject(object)
    // The draft refers to parts of the value.
    this.end()
    if (this.#draft.usage !== null || this.#options.content) return
    const again = this.#readAgain()
    again.readWhole(value)
    this.#output = again.readOutput()
  }

  end(): ResponseParts {
    if (this.#parts !== null) return this.#parts
    if (this.#framing === null) {
      const head = this.#body.view()
      this.#start(chooseFraming(head, true, this.#hints) ?? 'unreadable', head)
    }
    this.#window?.end()
    this.#stream?.end()
    if (this.#framing === 'whole' && !this.#wholeRead) this.#readBody()
    const streamed = this.#framing === 'lines' || this.#framing === 'array' || this.#framing === 'aws'
    this.#parts = toParts(this.#draft, { format: this.#format, response: this.#response, streamed })
    return this.#parts
  }

  readOutput(): string | null {
    if (this.#options.content) return this.#draft.written
    if (this.#wholeRead) return this.#output
    const chunks = this.#framing === 'whole' ? [this.#body.view()] : this.#retained
    if (chunks === null) return null
    const again = this.#readAgain()
    for (const chunk of chunks) again.push(chunk)
    again.end()
    return again.readOutput()
  }

  #readAgain(): AnswerReader {
    return new AnswerReader(this.#format, this.#response, { ...this.#options, content: true })
  }

  #retain(chunk: Uint8Array): void {
    if (this.#retained === null) return
    this.#retained.push(chunk)
    this.#retainedBytes += chunk.byteLength + chunkOverheadBytes
    if (this.#retainedBytes > maxRetainedBytes) this.#retained = null
  }

  #sniff(chunk: Uint8Array): void {
    const first = this.#body.length === 0
    if (!first) this.#body.append(chunk)
    const head = first ? chunk : this.#body.view()
    const framing = chooseFraming(head, false, this.#hints)
    if (first && (framing === null || framing === 'whole')) this.#body.append(chunk)
    if (framing !== null) this.#start(framing, head)
    else if (this.#body.length > sniffBytes * 1024) this.#start('unreadable', head)
  }

  /** `head`: all that was pushed so far; a whole answer has it in its body already. */
  #start(framing: Framing, head: Uint8Array): void {
    this.#framing = framing
    if (framing === 'whole') {
      this.#retained = null
      return
    }
    if (framing === 'lines') this.#stream = new SseReader((data, name) => this.#readEvent(data, name))
    if (framing === 'array') this.#stream = new JsonArrayReader((data) => this.#readEvent(data, ''))
    if (framing === 'aws') this.#stream = new AwsEventStreamReader((event) => this.#readAwsEvent(event))
    this.#read(head)
    this.#body.clear()
  }

  #read(chunk: Uint8Array): void {
    if (this.#window !== null) this.#window.push(chunk)
    else if (this.#framing === 'whole') this.#body.append(chunk)
    else if (this.#stream === null) return
    else if (this.#framing === 'lines' && this.#format.marks !== null && !this.#options.content)
      this.#readUntilSkimming(this.#stream, this.#format.marks, chunk)
    else this.#stream.push(chunk)
  }

  /** Line by line, so that all behind the first content is only skimmed, however large the pieces are that it came in. */
  #readUntilSkimming(stream: StreamReader, marks: readonly string[], chunk: Uint8Array): void {
    let start = 0
    while (start < chunk.byteLength) {
      const lineEnd = chunk.indexOf(lf, start)
      const end = lineEnd === -1 ? chunk.byteLength : lineEnd + 1
      stream.push(chunk.subarray(start, end))
      start = end
      if (!stream.idle || !this.#draft.contentSeen || !this.#format.identified(this.#draft)) continue
      this.#window = this.#openWindow(stream, marks)
      if (start < chunk.byteLength) this.#window.push(chunk.subarray(start))
      return
    }
  }

  #openWindow(stream: StreamReader, marks: readonly string[]): SkimWindow {
    return new SkimWindow(planSkim(marks, this.#format.lastMarks ?? []), {
      onEvents: (events, bytes) => {
        for (const event of events) this.#readEvent(event.data, event.name)
        if (!this.#done && hasDone(bytes)) this.#markDone()
      },
      onBytes: (bytes) => stream.push(bytes),
    })
  }

  #readEvent(data: unknown, name: string): void {
    if (data === '[DONE]') this.#markDone()
    const event = toObject(data)
    if (event === null) return
    if (readErrorMember(event.error) !== null) this.#draft.failure ??= readErrorBody(event)
    this.#format.readEvent(this.#draft, event, name)
  }

  #markDone(): void {
    this.#done = true
    this.#draft.complete = true
  }

  #readAwsEvent(event: AwsEvent): void {
    const skipped = this.#format.contentEvents?.includes(event.name) === true
    if (skipped && !this.#options.content && this.#draft.contentSeen) return
    const payload = toObject(parseJson(decodeUtf8(event.payload)))
    if (event.exception) {
      this.#draft.failure ??= { type: toText(event.name), code: null, message: toText(payload?.message) }
      return
    }
    const bytes = payload?.bytes
    if (typeof bytes === 'string') this.#readEvent(parseJson(decodeUtf8(decodeBase64(bytes))), event.name)
    else this.#readEvent(payload, event.name)
  }

  #readBody(): void {
    const body = this.#body.view()
    const value = this.#parseBody(body)
    const object = toObject(Array.isArray(value) ? value[0] : value)
    if (value === undefined) this.#readLines(body)
    else if (object !== null) this.#readObject(object)
  }

  #readObject(object: JsonObject): void {
    if (this.#response.status >= 400) this.#draft.failure = readErrorBody(object)
    else {
      if (readErrorMember(object.error) !== null) this.#draft.failure = readErrorBody(object)
      this.#format.readBody(this.#draft, object)
    }
  }

  #parseBody(body: Uint8Array): unknown {
    const short = this.#format.holdsVectors === true ? parseJson(decodeUtf8(elideVectors(body))) : undefined
    return short ?? parseJson(decodeUtf8(body))
  }

  /** No JSON value: perhaps a stream of JSON lines that nothing announced. */
  #readLines(body: Uint8Array): void {
    const lines = new SseReader((data, name) => {
      if (toObject(data) !== null) this.#framing = 'lines'
      this.#readEvent(data, name)
    })
    lines.push(body)
    lines.end()
  }
}
