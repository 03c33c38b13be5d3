import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { RestApp } from '../api.ts'
import { Refusal } from '../errors.ts'
import type { Tls } from '../tls-files.ts'
import { createHttpApp, type HttpAppOptions, setRefusalHeaders } from './http-app.ts'
import type { Keyring } from './keyring.ts'
import { refusalOf } from './refusal-of.ts'
import { compileValidator } from './validate.ts'

export interface RestAppOptions {
  readonly logger: FastifyBaseLogger
  readonly bodyBytes: number
  readonly keyring: Keyring
  readonly tls: Tls | null
  readonly rightOf: HttpAppOptions['rightOf']
  readonly version: string
  /** Each adds the routes of one subject. */
  readonly routes: readonly ((app: RestApp) => void)[]
  /** Routes, and all below them, that need no key; health and the description never do. */
  readonly openRoutes?: readonly string[]
  /** Whether the description is served: /openapi.json and /docs. */
  readonly hasDocs?: boolean
  /** Hears of every request that is refused. */
  readonly onRefusal: (route: string, refusal: Refusal) => void
}

const healthRoute = '/v1/metrics/health'
const alwaysOpen = [healthRoute, '/openapi.json', '/docs']

const methods = ['GET', 'HEAD', 'POST', 'DELETE'] as const

/** The REST API: schemas in, OpenAPI at /openapi.json, its pages at /docs from local files only. */
export function createRestApp(options: RestAppOptions): RestApp {
  const base = createHttpApp({ ...options, openRoutes: [...alwaysOpen, ...(options.openRoutes ?? [])] })
  const app: RestApp = base.withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(compileValidator)
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) =>
    parseJson(body),
  )
  app.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error)
    if (refusal.code === 'internal') request.log.error({ err: error, url: request.url }, 'request failed')
    options.onRefusal(request.routeOptions.url ?? '', refusal)
    setRefusalHeaders(reply, refusal)
    return reply.send(toErrorAnswer(refusal))
  })
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?')
    const allowed = methods.filter((method) => app.hasRoute({ method, url: path }))
    if (allowed.length === 0) throw new Refusal('not_found', 'the calls are listed at /docs')
    reply.header('allow', allowed.join(', '))
    throw new Refusal('method_not_allowed', `use ${allowed.join(' or ')} ${path}`)
  })
  const hasDocs = options.hasDocs ?? true
  if (hasDocs) addDocs(app, options)
  app.register(async (scope) => {
    for (const addRoutes of options.routes) addRoutes(scope.withTypeProvider<TypeBoxTypeProvider>())
    if (hasDocs) scope.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  })
  return app
}

function addDocs(app: RestApp, options: RestAppOptions): void {
  app.register(swagger, { openapi: createOpenApi(options) })
  app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
    // The base layout has no bar with another project's logo and an address field.
    uiConfig: { deepLinking: true, layout: 'BaseLayout' },
  })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** An empty body is no body: the schema says what is missing. */
function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined
  let text: string
  try {
    text = utf8.decode(body)
  } catch {
    throw new Refusal('invalid_json', 'it is not UTF-8')
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Refusal('invalid_json', describeJsonError(error, text))
  }
}

/** The parser's message quotes the body, which may be a prompt; only the place is told. */
function describeJsonError(error: unknown, text: string): string {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1]
  if (position === undefined) return 'it ends too early'
  const before = text.slice(0, Number(position))
  const line = before.split('\n').length
  return `unexpected character at line ${line}, column ${before.length - before.lastIndexOf('\n')}`
}

function toErrorAnswer({ code, message, problems }: Refusal) {
  return { error: problems.length === 0 ? { code, message } : { code, message, problems } }
}

function createOpenApi({ version, keyring }: RestAppOptions) {
  return {
    openapi: '3.1.0',
    info: { title: 'Inferometer', version, description: 'Records LLM calls and answers what is known of them' },
    components: {
      securitySchemes: {
        bearer: { type: 'http' as const, scheme: 'bearer' },
        apiKey: { type: 'apiKey' as const, name: 'x-api-key', in: 'header' as const },
      },
    },
    ...(keyring.asksForKey && { security: [{ bearer: [] }, { apiKey: [] }] }),
  }
}
