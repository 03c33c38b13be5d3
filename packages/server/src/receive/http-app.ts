import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, LogController } from 'fastify'
import { Refusal } from '../errors.ts'
import { createKeyCheck } from './auth.ts'
import { addDecompression } from './decompress.ts'

/** A sender that dribbles its request is cut off after this. */
const requestTimeoutMs = 60_000

export interface HttpAppOptions {
  readonly logger: FastifyBaseLogger
  readonly bodyBytes: number
  readonly apiKeys: readonly string[]
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
  const isAllowed = createKeyCheck(options.apiKeys)
  app.addHook('onRequest', async (request) => {
    const route = request.routeOptions.url ?? ''
    const open = options.openRoutes.some((prefix) => route === prefix || route.startsWith(`${prefix}/`))
    if (!open && !isAllowed(request.headers)) throw new Refusal('unauthorized')
  })
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
