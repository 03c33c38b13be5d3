/**
 * Answers to an export. Sources: opentelemetry-proto v1, {trace,logs,metrics}_service.proto;
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp-response; google/rpc/status.proto.
 */
import { DecodeTally } from './decode-limits.ts'
import { single } from './field-path.ts'
import { JsonReader } from './json-reader.ts'
import type { PartialSuccess } from './model.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

export type Signal = 'traces' | 'logs' | 'metrics'

const rejectedField = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
} as const satisfies Record<Signal, string>

/** google.rpc.Status, the body of an OTLP/HTTP error. `code` is a gRPC status code. */
export interface RpcStatus {
  readonly code: number
  readonly message: string
  /** Sent as a RetryInfo. Without one, RESOURCE_EXHAUSTED tells a sender never to try again. */
  readonly retryAfterSeconds?: number | null
}

function isFullSuccess(partial: PartialSuccess): boolean {
  return partial.rejectedCount === 0 && partial.errorMessage === ''
}

/** An Export{Traces,Logs,Metrics}ServiceResponse, which are alike on the wire. Full success is the empty message. */
export function encodeExportResponse(partial: PartialSuccess): Uint8Array {
  const writer = new Writer()
  if (isFullSuccess(partial)) return writer.finish()
  const mark = writer.open(0x0a) // 1 partial_success
  if (partial.rejectedCount !== 0) writer.int64(0x08, partial.rejectedCount)
  if (partial.errorMessage !== '') writer.string(0x12, partial.errorMessage)
  writer.close(mark)
  return writer.finish()
}

/** Throws DecodeError when the bytes are no such message. A count that is no safe positive integer is 0. */
export function decodeExportResponse(bytes: Uint8Array): PartialSuccess {
  const reader = new Reader(bytes, new DecodeTally({}))
  let partial: PartialSuccess = { rejectedCount: 0, errorMessage: '' }
  while (reader.next()) {
    if (reader.tag === 0x0a) partial = readPartialSuccess(reader)
    else reader.skip()
  }
  return partial
}

function readPartialSuccess(reader: Reader): PartialSuccess {
  let rejectedCount = 0
  let errorMessage = ''
  reader.enter('partialSuccess', single)
  while (reader.next()) {
    switch (reader.tag) {
      case 0x08: // 1 rejected_spans, rejected_log_records, rejected_data_points
        rejectedCount = toCount(reader.int64('rejectedCount'))
        break
      case 0x12: // 2 error_message
        errorMessage = reader.string('errorMessage')
        break
      default:
        reader.skip()
    }
  }
  reader.leave()
  return { rejectedCount, errorMessage }
}

function toCount(value: number | bigint): number {
  return typeof value === 'number' && value > 0 ? value : 0
}

export function encodeExportResponseJson(signal: Signal, partial: PartialSuccess): string {
  if (isFullSuccess(partial)) return '{}'
  const { rejectedCount, errorMessage } = partial
  return JSON.stringify({ partialSuccess: { [rejectedField[signal]]: String(rejectedCount), errorMessage } })
}

/** Throws DecodeError when the text is no such message. */
export function decodeExportResponseJson(signal: Signal, text: string): PartialSuccess {
  const reader = new JsonReader(text, new DecodeTally({}))
  const partial = reader.message(reader.root, 'partialSuccess', (object) => ({
    rejectedCount: toCount(reader.int64(object, rejectedField[signal])),
    errorMessage: reader.string(object, 'errorMessage'),
  }))
  return partial ?? { rejectedCount: 0, errorMessage: '' }
}

export function encodeStatus(status: RpcStatus): Uint8Array {
  const writer = new Writer()
  if (status.code !== 0) writer.int64(0x08, status.code)
  if (status.message !== '') writer.string(0x12, status.message)
  if (status.retryAfterSeconds != null) writeRetryInfo(writer, status.retryAfterSeconds)
  return writer.finish()
}

/** Source: google/rpc/error_details.proto. */
function writeRetryInfo(writer: Writer, seconds: number): void {
  const any = writer.open(0x1a) // 3 details
  writer.string(0x0a, 'type.googleapis.com/google.rpc.RetryInfo') // 1 type_url
  const value = writer.open(0x12) // 2 value
  const delay = writer.open(0x0a) // 1 retry_delay
  writer.int64(0x08, Math.ceil(seconds)) // 1 seconds
  writer.close(delay)
  writer.close(value)
  writer.close(any)
}

/** Throws DecodeError when the bytes are no google.rpc.Status. Details are left out. */
export function decodeStatus(bytes: Uint8Array): RpcStatus {
  const reader = new Reader(bytes, new DecodeTally({}))
  let code = 0
  let message = ''
  while (reader.next()) {
    switch (reader.tag) {
      case 0x08: // 1 code
        code = reader.int32('code')
        break
      case 0x12: // 2 message
        message = reader.string('message')
        break
      default:
        reader.skip()
    }
  }
  return { code, message }
}

export function encodeStatusJson(status: RpcStatus): string {
  return JSON.stringify({ code: status.code, message: status.message })
}

/** Throws DecodeError when the text is no google.rpc.Status. */
export function decodeStatusJson(text: string): RpcStatus {
  const reader = new JsonReader(text, new DecodeTally({}))
  const code = reader.int64(reader.root, 'code')
  return { code: typeof code === 'number' ? code : 0, message: reader.string(reader.root, 'message') }
}
