/** OTLP over gRPC. Source: https://opentelemetry.io/docs/specs/otlp/#otlpgrpc */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import {
  status as grpcStatus,
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
  type StatusObject,
} from '@grpc/grpc-js'
import type { PartialSuccess } from '@inferometer/core/otlp/model'
import { encodeExportResponse, encodeStatus } from '@inferometer/core/otlp/response'
import type { FastifyBaseLogger } from 'fastify'
import type { Limits } from '../config.ts'
import { type ErrorCode, Refusal } from '../errors.ts'
import type { Tls } from '../tls-files.ts'
import { createAdmission, type Held, toOverload } from './admission.ts'
import type { Intake } from './intake.ts'
import { type Caller, type Keyring, toRefusal, type Visitor } from './keyring.ts'
import { createOtlpExports, type OtlpBody, toRpcStatus } from './otlp-exports.ts'
import { refusalOf } from './refusal-of.ts'

export interface OtlpGrpcOptions {
  readonly logger: FastifyBaseLogger
  readonly limits: Limits
  readonly tls: Tls | null
  readonly keyring: Keyring
  readonly intake: Intake
}

export interface OtlpGrpcServer {
  /** Rejects with the error of the socket: EADDRINUSE and the like. */
  listen(where: { readonly host: string; readonly port: number }): Promise<void>
  /** Empty while it does not listen. */
  addresses(): AddressInfo[]
  /** Takes no more requests, waits up to `graceMs` for those at work and cuts off the rest. */
  close(graceMs: number): Promise<void>
}

export function createOtlpGrpcServer({ logger, limits, tls, keyring, intake }: OtlpGrpcOptions): OtlpGrpcServer {
  const exports = createOtlpExports({ limits, intake, way: 'otlp_grpc' })
  const refuse = (error: unknown): StatusObject => {
    const refusal = refusalOf(error)
    if (refusal.code === 'internal') logger.error({ err: error }, 'request over gRPC failed')
    intake.countRefused('otlp_grpc', { reason: refusal.code, count: refusal.callCount })
    return toGrpcStatus(refusal)
  }
  const server = new Server({
    'grpc.max_receive_message_length': limits.bodyBytes,
    'grpc.max_concurrent_streams': streamsPerConnection,
    interceptors: [createGuard(keyring, refuse)],
  })
  const addExport = (
    service: string,
    take: (body: OtlpBody, caller: Caller) => PartialSuccess | Promise<PartialSuccess>,
  ) => {
    const answer = async (body: OtlpBody, asking: Asking) => take(body, findCaller(keyring, asking))
    const handle: handleUnaryCall<Buffer, PartialSuccess> = (call, callback) => {
      answer(call.request, { metadata: call.metadata, peer: call.getPeer() }).then(
        (partial) => callback(null, partial),
        (error: unknown) => callback(refuse(error)),
      )
    }
    server.register(`/opentelemetry.proto.collector.${service}/Export`, handle, serialize, (bytes) => bytes, 'unary')
  }
  addExport('trace.v1.TraceService', exports.traces)
  addExport('logs.v1.LogsService', exports.logs)
  addExport('metrics.v1.MetricsService', exports.metrics)
  return openSockets(server, tls)
}

/** What one connection may have under way: each holds up to a whole message in memory. */
const streamsPerConnection = 100

function serialize(partial: PartialSuccess): Buffer {
  return Buffer.from(encodeExportResponse(partial))
}

/** The details carry the RetryInfo that makes RESOURCE_EXHAUSTED worth another try. */
function toGrpcStatus(refusal: Refusal): StatusObject {
  const status = toRpcStatus(refusal)
  const metadata = new Metadata()
  if (refusal.retryAfterSeconds !== null) metadata.set('grpc-status-details-bin', Buffer.from(encodeStatus(status)))
  return { code: status.code, details: status.message, metadata }
}

/** Messages do not say how large they will be: so much is held for each until it is there. Exporters' batches are smaller. */
const unreadBytes = 128 * 1024

/**
 * Asks for the key, and whether there is room, before anything of the message is read; for its whole size before it is decoded.
 * Messages that are too large or badly packed are refused by grpc-js, which tells nobody: only through its `sendStatus` can they be
 * counted, and answered as the specification wants.
 */
function createGuard(keyring: Keyring, refuse: (error: Refusal) => StatusObject): ServerInterceptor {
  const admission = createAdmission()
  return (_method, call) => {
    const send = call.sendStatus.bind(call)
    let held: Held | null = null
    let isUnread = true
    call.sendStatus = (status) => {
      held?.release()
      const reason = isUnread ? unreadReasons.get(status.code) : undefined
      if (reason === undefined) return send(status)
      const refused = refuse(new Refusal(reason, status.details))
      send(status.code === grpcStatus.INTERNAL ? refused : { ...refused, code: status.code })
    }
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, proceed) => {
            const entry = keyring.enter(toVisitor({ metadata, peer: call.getPeer() }), 'write')
            held = entry.ok ? admission.hold(unreadBytes) : null
            if (held !== null) proceed(metadata)
            else send(refuse(entry.ok ? toOverload() : toRefusal(entry)))
          },
          onReceiveMessage: (message: Buffer, proceed) => {
            isUnread = false
            if (held?.resize(message.length) !== false) proceed(message)
            else call.sendStatus(refuse(toOverload()))
          },
          onCancel: () => held?.release(),
        }),
    })
  }
}

const unreadReasons: ReadonlyMap<number, ErrorCode> = new Map([
  [grpcStatus.RESOURCE_EXHAUSTED, 'body_too_large'],
  [grpcStatus.INTERNAL, 'invalid_gzip'],
  [grpcStatus.UNIMPLEMENTED, 'unsupported_content_encoding'],
])

/** Of a request that was let in. The key can have been taken away since: then it brings nothing in any more. */
function findCaller(keyring: Keyring, asking: Asking): Caller {
  const entry = keyring.enter(toVisitor(asking), 'write')
  if (!entry.ok) throw toRefusal(entry)
  return entry.caller
}

interface Asking {
  readonly metadata: Metadata
  /** Address and port. */
  readonly peer: string
}

function toVisitor({ metadata, peer }: Asking): Visitor {
  const read = (name: string) => metadata.get(name)[0]?.toString()
  const headers = { authorization: read('authorization'), 'x-api-key': read('x-api-key') }
  return { headers, address: peer.replace(/:\d+$/, ''), method: 'POST' }
}

/** The socket is ours: grpc-js tells of a taken port in a sentence, on the console. */
function openSockets(server: Server, tls: Tls | null): OtlpGrpcServer {
  const connections = server.createConnectionInjector(ServerCredentials.createInsecure())
  const takeSocket = (socket: Socket) => connections.injectConnection(socket)
  const sockets = tls === null ? createServer({ noDelay: true }, takeSocket) : tls.createHttp2Sockets(takeSocket)
  return {
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        sockets.once('error', reject)
        sockets.listen({ host, port }, () => {
          sockets.off('error', reject)
          resolve()
        })
      }),
    addresses() {
      const address = sockets.address()
      return typeof address === 'object' && address !== null ? [address] : []
    },
    async close(graceMs) {
      sockets.close()
      const timer = setTimeout(() => server.forceShutdown(), graceMs)
      await new Promise((resolve) => server.tryShutdown(resolve))
      clearTimeout(timer)
    },
  }
}
