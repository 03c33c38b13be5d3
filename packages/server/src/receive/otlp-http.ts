/** OTLP over HTTP: protobuf and JSON, gzip or not. Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
import { DecodeError } from '@inferometer/core/otlp/decode-error'
import type { DecodeReport } from '@inferometer/core/otlp/decode-limits'
import { decodeLogs, decodeLogsJson } from '@inferometer/core/otlp/logs'
import { countMetricDataPoints, countMetricDataPointsJson } from '@inferometer/core/otlp/metrics'
import type { PartialSuccess } from '@inferometer/core/otlp/model'
import {
  encodeExportResponse,
  encodeExportResponseJson,
  encodeStatus,
  encodeStatusJson,
  type Signal,
} from '@inferometer/core/otlp/response'
import { decodeTraces, decodeTracesJson } from '@inferometer/core/otlp/traces'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Limits } from '../config.ts'
import { Refusal } from '../errors.ts'
import { createHttpApp, setRefusalHeaders } from './http-app.ts'
import { type Intake, type RejectedSpan, toRefusal } from './intake.ts'
import { refusalOf } from './refusal-of.ts'

const protobufType = 'application/x-protobuf'
const jsonType = 'application/json'

export interface OtlpHttpOptions {
  readonly logger: FastifyBaseLogger
  readonly limits: Limits
  readonly apiKeys: readonly string[]
  readonly intake: Intake
}

export function createOtlpHttpApp({ logger, limits, apiKeys, intake }: OtlpHttpOptions): FastifyInstance {
  const app = createHttpApp({ logger, bodyBytes: limits.bodyBytes, apiKeys, openRoutes: [] })
  const decodeLimits = { maxItems: limits.spansPerRequest, maxStringBytes: limits.attributeBytes }
  app.removeContentTypeParser([jsonType, 'text/plain'])
  app.addContentTypeParser(protobufType, { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) => body)
  app.addContentTypeParser(jsonType, { parseAs: 'string' }, async (_request: FastifyRequest, body: string) => body)
  app.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error)
    if (refusal.code === 'internal') request.log.error({ err: error, url: request.url }, 'request failed')
    intake.countRefused('otlp_http', { reason: refusal.code, count: refusal.callCount })
    setRefusalHeaders(reply, refusal)
    return sendStatus(request, reply, refusal)
  })
  app.setNotFoundHandler((request, reply) => {
    if (!app.hasRoute({ method: 'POST', url: request.url }))
      throw new Refusal('not_found', 'OTLP is taken at /v1/traces, /v1/logs and /v1/metrics')
    reply.header('allow', 'POST')
    throw new Refusal('method_not_allowed', `use POST ${request.url}`)
  })
  // Apart from the handler, so that the decoded spans are let go of while it waits for the commit: they are ten times
  // the calls, and the garbage collector would copy them again and again.
  const takeTraces = (body: unknown) => {
    const traces = decode(body, {
      protobuf: (bytes) => decodeTraces(bytes, decodeLimits),
      json: (text) => decodeTracesJson(text, decodeLimits),
    })
    const { result, rejected } = intake.takeTraces(traces, 'otlp_http')
    return { result, partial: toPartialSuccess(rejected, traces.report) }
  }
  app.post('/v1/traces', async (request, reply) => {
    const { result, partial } = takeTraces(request.body)
    const taken = await result
    if (taken.kind === 'refused') throw toRefusal(taken)
    return sendPartial(request, reply, { signal: 'traces', partial })
  })
  app.post('/v1/logs', async (request, reply) => {
    const logs = decode(request.body, {
      protobuf: (bytes) => decodeLogs(bytes, decodeLimits),
      json: (text) => decodeLogsJson(text, decodeLimits),
    })
    const count = logs.report.partial.rejectedCount + countRecords(logs)
    return sendPartial(request, reply, { signal: 'logs', partial: notUsed(count, 'logs') })
  })
  app.post('/v1/metrics', async (request, reply) => {
    const count = decode(request.body, { protobuf: countMetricDataPoints, json: countMetricDataPointsJson })
    return sendPartial(request, reply, { signal: 'metrics', partial: notUsed(count, 'metrics') })
  })
  return app
}

/** No body is an empty protobuf message, which is a valid request without spans. */
function decode<T>(body: unknown, decoders: { protobuf: (bytes: Uint8Array) => T; json: (text: string) => T }): T {
  const isJson = typeof body === 'string'
  try {
    return isJson ? decoders.json(body) : decoders.protobuf(body instanceof Uint8Array ? body : new Uint8Array())
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new Refusal(isJson ? 'invalid_otlp_json' : 'invalid_protobuf', error.message)
  }
}

const messagesAtMost = 3

/**
 * Spans that are no model calls were accepted and are not mentioned: the sender did nothing wrong. A message without
 * rejected spans is a warning by the specification.
 */
function toPartialSuccess(rejected: readonly RejectedSpan[], report: DecodeReport): PartialSuccess {
  const messages = rejected.slice(0, messagesAtMost).map(({ message }) => message)
  const more = rejected.length - messages.length
  const { partial, truncatedStrings, droppedAttributes, droppedEvents } = report
  const all = [
    partial.errorMessage,
    ...messages,
    more > 0 ? `and ${more} more` : '',
    truncatedStrings > 0 ? `${truncatedStrings} texts over the size limit were cut` : '',
    droppedAttributes > 0 ? `${droppedAttributes} attributes over the limit were left out` : '',
    droppedEvents > 0 ? `${droppedEvents} events and links over the limit were left out` : '',
  ]
  return {
    rejectedCount: partial.rejectedCount + rejected.length,
    errorMessage: all.filter((text) => text !== '').join('; '),
  }
}

function countRecords({ resourceLogs }: ReturnType<typeof decodeLogs>): number {
  const groups = resourceLogs.flatMap(({ scopeLogs }) => scopeLogs)
  return groups.reduce((sum, { logRecords }) => sum + logRecords.length, 0)
}

function notUsed(rejectedCount: number, what: string): PartialSuccess {
  if (rejectedCount === 0) return { rejectedCount: 0, errorMessage: '' }
  return { rejectedCount, errorMessage: `${what} are not used by this server: send traces` }
}

/** An answer is written as its request was; where that cannot be told, as JSON, which people can read. */
function isProtobuf(request: FastifyRequest): boolean {
  return request.headers['content-type']?.trim().toLowerCase().startsWith(protobufType) ?? false
}

interface ExportAnswer {
  readonly signal: Signal
  readonly partial: PartialSuccess
}

function sendPartial(request: FastifyRequest, reply: FastifyReply, { signal, partial }: ExportAnswer) {
  if (!isProtobuf(request)) return reply.type(jsonType).send(encodeExportResponseJson(signal, partial))
  return reply.type(protobufType).send(encodeExportResponse(partial))
}

/** gRPC status codes by error. Source: google/rpc/code.proto. */
const rpcCodes: Readonly<Record<number, number>> = { 401: 16, 404: 12, 405: 12, 413: 8, 429: 8, 500: 13, 503: 14 }
const invalidArgument = 3

function sendStatus(request: FastifyRequest, reply: FastifyReply, refusal: Refusal) {
  const status = { code: rpcCodes[refusal.statusCode] ?? invalidArgument, message: refusal.message }
  if (!isProtobuf(request)) return reply.type(jsonType).send(encodeStatusJson(status))
  return reply.type(protobufType).send(encodeStatus(status))
}
