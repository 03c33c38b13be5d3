/**
 * The calls as log records: one per call, with its ids and numbers as attributes and its trace linked. Content that is too
 * large to be an attribute follows in records of its own, in pieces.
 *
 * Sizes are those that Loki takes without being told: 64 KB of attributes per record, lines of 256 KB.
 */
import { attribute, callContentEvent, callEvent, sdkScope } from '@inferometer/core/attributes'
import type { CallStatus, Content, LlmCall } from '@inferometer/core/call'
import { toSpan } from '@inferometer/core/call-span'
import type { AnyValue, LogRecord, LogsData } from '@inferometer/core/otlp/model'
import { describeCall } from './call-line.ts'
import { chunkText, fitTexts } from './fit-texts.ts'

const logAttributeBytes = 8 * 1024
const chunkBytes = 64 * 1024
/** Of the content of one call that is sent in pieces. */
const contentBytes = 1024 * 1024

/** Source: https://opentelemetry.io/docs/specs/otel/logs/data-model/#severity-fields */
const severities: Readonly<Record<CallStatus, readonly [number: number, text: string]>> = {
  success: [9, 'INFO'],
  cancelled: [13, 'WARN'],
  error: [17, 'ERROR'],
}

/** One resource per service, in order of first appearance; the records of its calls in their order. */
export function toLogExport(calls: readonly LlmCall[], version: string): LogsData {
  const recordsOfService = new Map<string, LogRecord[]>()
  for (const call of calls) {
    const records = toRecords(call)
    const others = recordsOfService.get(call.serviceName)
    if (others === undefined) recordsOfService.set(call.serviceName, records)
    else others.push(...records)
  }
  const scope = { name: sdkScope, version, attributes: new Map() }
  return {
    resourceLogs: [...recordsOfService].map(([serviceName, logRecords]) => ({
      resource: { attributes: new Map([[attribute.serviceName, serviceName]]) },
      schemaUrl: '',
      scopeLogs: [{ scope, schemaUrl: '', logRecords }],
    })),
  }
}

function toRecords(whole: LlmCall): LogRecord[] {
  const { call, spilled } = fitTexts(whole, logAttributeBytes)
  const attributes = new Map<string, AnyValue>(toSpan(call).attributes)
  attributes.set(attribute.latencyMs, call.latencyMs)
  if (spilled === null) return [toRecord(call, { event: callEvent, body: describeCall(call), attributes })]
  const { pieces, leftOutBytes } = cutContent(spilled)
  if (leftOutBytes > 0) attributes.set(attribute.contentLeftOutBytes, leftOutBytes)
  attributes.set(attribute.contentPieces, pieces.length)
  return [
    toRecord(call, { event: callEvent, body: describeCall(call), attributes }),
    ...pieces.map((piece, index) => toRecord(call, toPieceEntry(piece, index))),
  ]
}

interface Entry {
  readonly event: string
  readonly body: string
  readonly attributes: Map<string, AnyValue>
}

/** All records of a call have the time of its end: what is in order on the way stays in order there. */
function toRecord(call: LlmCall, { event, body, attributes }: Entry): LogRecord {
  const [severityNumber, severityText] = severities[call.status]
  return {
    timeUnixNano: BigInt(call.startTimeUs) * 1_000n + BigInt(Math.round(call.latencyMs * 1e6)),
    observedTimeUnixNano: 0n,
    severityNumber,
    severityText,
    body,
    // Loki does not keep the field of this name.
    attributes: attributes.set(attribute.eventName, event),
    traceId: call.traceId,
    spanId: call.spanId,
    eventName: event,
  }
}

interface Piece {
  readonly role: string
  /** Of the message among those of its side, from 0. */
  readonly message: number
  readonly side: 'input' | 'output'
  readonly text: string
}

function toPieceEntry({ role, message, side, text }: Piece, index: number): Entry {
  const attributes = new Map<string, AnyValue>([
    [attribute.contentSide, side],
    [attribute.contentRole, role],
    [attribute.contentMessage, message],
    [attribute.contentPiece, index],
  ])
  return { event: callContentEvent, body: text, attributes }
}

function cutContent(content: Content): { readonly pieces: readonly Piece[]; readonly leftOutBytes: number } {
  const pieces: Piece[] = []
  let sentBytes = 0
  let leftOutBytes = 0
  for (const piece of listPieces(content)) {
    const bytes = Buffer.byteLength(piece.text)
    // Once something was left out, everything after it is: a text without its middle misleads.
    const fits = leftOutBytes === 0 && sentBytes + bytes <= contentBytes
    if (fits) pieces.push(piece)
    if (fits) sentBytes += bytes
    else leftOutBytes += bytes
  }
  return { pieces, leftOutBytes }
}

function* listPieces({ input, output }: Content): Generator<Piece> {
  for (const [message, { role, text }] of (input ?? []).entries())
    for (const piece of chunkText(text, chunkBytes)) yield { role, message, side: 'input', text: piece }
  for (const piece of chunkText(output ?? '', chunkBytes))
    yield { role: 'assistant', message: 0, side: 'output', text: piece }
}
