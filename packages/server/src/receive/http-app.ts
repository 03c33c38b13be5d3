import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, LogController } from 'fastify'
import { Refusal } from '../errors.ts'
import { addAdmission } from './admission.ts'
import { addDecompression } from './decompress.ts'
import { type Caller, everybody, type Keyring, type Right } from './keyring.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key the request carries. */
    caller: Caller
  }
}

/** A sender that dribbles its request is cut off after this. */
const requestTimeoutMs = 60_000

export interface HttpAppOptions {
  readonly logger: FastifyBaseLogger
  readonly bodyBytes: number
  readonly keyring: Keyring
  /** What a caller must be allowed to; of the route as it was added. */
  readonly rightOf: (method: string, route: string) => Right
  /** Routes, and all below them, that need no key. */
  readonly openRoutes: readonly string[]
}

/** The ground every port stands on: limits, gzip, API keys, no request log. */
export function createHttpApp(options: HttpAppOptions): FastifyInstance {
  const app: FastifyInstance = Fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyBytes,
    requestTimeout: requestTimeoutMs,
    // While stopping, what still comes over an open connection is served, and the connection closed after it.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true },
  })
  app.decorateRequest('caller')
  app.addHook('onRequest', async (request) => {
    const route = request.routeOptions.url ?? ''
    request.caller = everybody
    if (options.openRoutes.some((prefix) => route === prefix || route.startsWith(`${prefix}/`))) return
    const entry = options.keyring.enter(request.headers, options.rightOf(request.method, route))
    if (!entry.ok) throw new Refusal(entry.code)
    request.caller = entry.caller
  })
  addAdmission(app, options.bodyBytes)
  addDecompression(app)
  return app
}

/** Headers that go with an error, whatever its body looks like. */
export function setRefusalHeaders(reply: FastifyReply, refusal: Refusal): void {
  reply.code(refusal.statusCode)
  if (refusal.retryAfterSeconds !== null) reply.header('retry-after', String(refusal.retryAfterSeconds))
  if (refusal.code === 'unauthorized') reply.header('www-authenticate', 'Bearer')
  // The rest of a refused body is not read, so the connection cannot be used again.
  if (refusal.code === 'body_too_large') reply.header('connection', 'close')
}
