/** OTLP over HTTP: protobuf and JSON, gzip or not. Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
import type { PartialSuccess } from '@inferometer/core/otlp/model'
import {
  encodeExportResponse,
  encodeExportResponseJson,
  encodeStatus,
  encodeStatusJson,
  type Signal,
} from '@inferometer/core/otlp/response'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Limits } from '../config.ts'
import { Refusal } from '../errors.ts'
import type { Tls } from '../tls-files.ts'
import { createHttpApp, setRefusalHeaders } from './http-app.ts'
import type { Intake } from './intake.ts'
import type { Keyring } from './keyring.ts'
import { createOtlpExports, type OtlpBody, toRpcStatus } from './otlp-exports.ts'
import { refusalOf } from './refusal-of.ts'

const protobufType = 'application/x-protobuf'
const jsonType = 'application/json'

export interface OtlpHttpOptions {
  readonly logger: FastifyBaseLogger
  readonly limits: Limits
  readonly tls: Tls | null
  readonly keyring: Keyring
  readonly intake: Intake
}

export function createOtlpHttpApp({ logger, limits, tls, keyring, intake }: OtlpHttpOptions): FastifyInstance {
  const { bodyBytes } = limits
  const app = createHttpApp({ logger, bodyBytes, tls, keyring, rightOf: () => 'write', openRoutes: [] })
  const exports = createOtlpExports({ limits, intake, way: 'otlp_http' })
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
  app.post('/v1/traces', async (request, reply) => {
    const partial = await exports.traces(toBody(request.body), request.caller)
    return sendPartial(request, reply, { signal: 'traces', partial })
  })
  app.post('/v1/logs', async (request, reply) => {
    const partial = await exports.logs(toBody(request.body), request.caller)
    return sendPartial(request, reply, { signal: 'logs', partial })
  })
  app.post('/v1/metrics', async (request, reply) =>
    sendPartial(request, reply, { signal: 'metrics', partial: exports.metrics(toBody(request.body)) }),
  )
  return app
}

/** No body is an empty protobuf message, which is a valid request without spans. */
function toBody(body: unknown): OtlpBody {
  return typeof body === 'string' || body instanceof Uint8Array ? body : new Uint8Array()
}

/** An answer is written as its request was; where that cannot be told, as JSON, which people can read. */
function isProtobuf(request: FastifyRequest): boolean {
  return request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === protobufType
}

interface ExportAnswer {
  readonly signal: Signal
  readonly partial: PartialSuccess
}

function sendPartial(request: FastifyRequest, reply: FastifyReply, { signal, partial }: ExportAnswer) {
  if (!isProtobuf(request)) return reply.type(jsonType).send(encodeExportResponseJson(signal, partial))
  return reply.type(protobufType).send(encodeExportResponse(partial))
}

function sendStatus(request: FastifyRequest, reply: FastifyReply, refusal: Refusal) {
  const status = toRpcStatus(refusal)
  if (!isProtobuf(request)) return reply.type(jsonType).send(encodeStatusJson(status))
  return reply.type(protobufType).send(encodeStatus(status))
}
