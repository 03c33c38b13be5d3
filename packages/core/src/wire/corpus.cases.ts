import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readByLine } from './read-answer.cases.ts'
import type { DetectedCall, HeaderLookup, ResponseParts, ResponseReader } from './wire.ts'

/** Recorded exchanges and what each means, when the shared folder stands beside this repository. */
const corpus = fileURLToPath(new URL('../../../../../shared/wire/corpus/', import.meta.url))

export interface Truth {
  readonly id: string
  readonly api: string
  readonly operation: string
  readonly provider: string
  readonly provider_semconv: string | null
  readonly request_model: string | null
  readonly response_model: string | null
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly cached_input_tokens: number | null
  readonly cache_write_tokens: number | null
  readonly reasoning_tokens: number | null
  readonly finish_reason: string | null
  readonly finish_reason_raw: string | number | null
  readonly finish_reasons_raw: readonly (string | number | null)[]
  readonly streaming: boolean
  readonly streaming_requested: boolean
  readonly stream_complete: boolean | null
  readonly status: string
  readonly error_type: string | null
  readonly error_message: string | null
  readonly http_status: number
  readonly response_id: string | null
  readonly request_id: string | null
  readonly output_text_chars: number
  readonly output_text_sha256: string | null
  readonly tool_calls: readonly { id: string | null; name: string; arguments: string }[]
}

interface Recording {
  readonly request: {
    method: string
    url: string
    headers: Record<string, string>
    body: string
    body_encoding?: string
  }
  readonly response: { status: number; headers: Record<string, string>; body: string; body_encoding?: string }
}

export interface Exchange {
  readonly truth: Truth
  readonly recording: Recording
  readonly body: Uint8Array
}

export type PieceSize = 'whole' | 'event' | number

export function hasCorpus(): boolean {
  return existsSync(`${corpus}truth.jsonl`)
}

export function loadCorpus(): readonly Exchange[] {
  const lines = readFileSync(`${corpus}truth.jsonl`, 'utf8').trim().split('\n')
  return lines.map((line) => {
    const truth = JSON.parse(line) as Truth
    const recording = JSON.parse(readFileSync(`${corpus}${truth.provider}/${truth.id}.json`, 'utf8')) as Recording
    const { body, body_encoding: encoding } = recording.response
    return { truth, recording, body: new Uint8Array(Buffer.from(body, encoding === 'base64' ? 'base64' : 'utf8')) }
  })
}

export function lookUp(headers: Record<string, string>): HeaderLookup {
  return (name) => headers[name] ?? null
}

/** Bytes in pieces of `size`, whole, or cut where events end. */
export function readPieces(reader: ResponseReader, body: Uint8Array, size: PieceSize): ResponseParts {
  if (size === 'event') return readByLine(reader, body)
  const step = size === 'whole' ? Math.max(1, body.byteLength) : size
  for (let at = 0; at < body.byteLength; at += step) reader.push(body.subarray(at, at + step))
  return reader.end()
}

/** What the exchange must give, by field, and what the reader gave. */
export function compareExchange(
  truth: Truth,
  call: DetectedCall,
  parts: ResponseParts,
): readonly (readonly [field: string, expected: unknown, given: unknown])[] {
  const text = parts.outputText ?? ''
  return [
    ['operation', truth.operation, call.operation],
    ['provider', truth.provider_semconv ?? truth.provider, call.provider],
    ['request_model', truth.request_model, call.requestModel],
    ['streaming_requested', truth.streaming_requested, call.streaming],
    ['response_model', truth.response_model, parts.responseModel],
    ['response_id', truth.response_id, parts.responseId],
    ['request_id', truth.request_id, parts.requestId],
    ['input_tokens', truth.input_tokens, parts.inputTokens],
    ['output_tokens', truth.output_tokens, parts.outputTokens],
    ['cached_input_tokens', truth.cached_input_tokens, parts.cacheReadTokens],
    ['cache_write_tokens', truth.cache_write_tokens, parts.cacheWriteTokens],
    ['reasoning_tokens', truth.reasoning_tokens, parts.reasoningTokens],
    ['finish_reason', truth.finish_reason, parts.finishReason],
    ['finish_reason_raw', toWord(truth.finish_reason_raw), parts.finishReasonRaw],
    ['finish_reasons_raw', truth.finish_reasons_raw.map(toWord).filter((raw) => raw !== null), parts.finishReasonsRaw],
    ['streaming', truth.streaming, parts.streamed],
    ['stream_complete', truth.stream_complete, parts.streamComplete],
    ['status', truth.status, parts.status],
    ['error_type', truth.error_type, parts.errorCode],
    ['error_message', truth.error_message, parts.errorMessage],
    ['output_text_chars', truth.output_text_chars, text.length],
    ['output_text_sha256', truth.output_text_sha256, text === '' ? null : sha256(text)],
    ['tool_calls', truth.tool_calls.map(toPlainCall), parts.toolCalls.map(toPlainCall)],
  ]
}

function toWord(raw: string | number | null): string | null {
  return raw === null ? null : String(raw)
}

function toPlainCall(call: { id: string | null; name: string; arguments: string | null }) {
  return { id: call.id, name: call.name, arguments: call.arguments }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
