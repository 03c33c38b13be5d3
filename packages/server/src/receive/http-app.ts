import type { Server } from 'node:http'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyServerFactory,
  LogController,
} from 'fastify'
import type { Refusal } from '../errors.ts'
import type { Tls } from '../tls-files.ts'
import { addAdmission } from './admission.ts'
import { addDecompression } from './decompress.ts'
import { type Caller, everybody, type Keyring, type Right, toRefusal } from './keyring.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key the request carries. */
    caller: Caller
  }
}

/** A sender that dribbles its request is cut off after this. */
const requestTimeoutMs = 60_000
/** Longer than the pause of any exporter or scraper that keeps its connection. */
const keepAliveMs = 72_000

export interface HttpAppOptions {
  readonly logger: FastifyBaseLogger
  readonly bodyBytes: number
  /** Null: it speaks plain HTTP. */
  readonly tls: Tls | null
  readonly keyring: Keyring
  /** What a caller must be allowed to; of the route as it was added. */
  readonly rightOf: (method: string, route: string) => Right
  /** Routes, and all below them, that need no key. */
  readonly openRoutes: readonly string[]
}

/** The ground every port stands on: limits, gzip, TLS, API keys, a request log that holds no secret. */
export function createHttpApp(options: HttpAppOptions): FastifyInstance {
  const { tls } = options
  const app: FastifyInstance = Fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyBytes,
    requestTimeout: requestTimeoutMs,
    ...(tls !== null && serveTls(tls)),
    // While stopping, what still comes over an open connection is served, and the connection closed after it.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true },
  })
  app.decorateRequest('caller')
  app.addHook('onRequest', async (request) => {
    const route = request.routeOptions.url ?? ''
    request.caller = everybody
    if (options.openRoutes.some((prefix) => route === prefix || route.startsWith(`${prefix}/`))) return
    const { headers, ip: address, method } = request
    const entry = options.keyring.enter({ headers, address, method }, options.rightOf(method, route))
    if (!entry.ok) throw toRefusal(entry)
    request.caller = entry.caller
  })
  if (options.logger.level === 'debug' || options.logger.level === 'trace') addRequestLog(app)
  addAdmission(app, options.bodyBytes)
  addDecompression(app)
  return app
}

function serveTls(tls: Tls): { readonly serverFactory: FastifyServerFactory<Server> } {
  const times = { requestTimeout: requestTimeoutMs, keepAliveTimeout: keepAliveMs }
  return { serverFactory: (listener) => Object.assign(tls.createHttpServer(listener), times) }
}

/** The route as it was added: addresses can hold names of users, and headers and bodies hold keys and prompts. */
function addRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', async ({ method, routeOptions, caller, ip, log }, { statusCode, elapsedTime }) => {
    const route = routeOptions.url ?? null
    log.debug({ method, route, status: statusCode, ms: Math.round(elapsedTime), key: caller?.name, ip }, 'request')
  })
}

/** Headers that go with an error, whatever its body looks like. */
export function setRefusalHeaders(reply: FastifyReply, refusal: Refusal): void {
  reply.code(refusal.statusCode)
  if (refusal.retryAfterSeconds !== null) reply.header('retry-after', String(refusal.retryAfterSeconds))
  if (refusal.code === 'unauthorized') reply.header('www-authenticate', 'Bearer')
  // The rest of a refused body is not read, so the connection cannot be used again.
  if (refusal.code === 'body_too_large') reply.header('connection', 'close')
}
