/** Hands out the built console below a mount: `/` on its own port, `/console` on that of the API. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RestApp } from '../api.ts'
import { Refusal } from '../errors.ts'
import type { ConsoleFile, ConsoleFiles } from './console-files.ts'

/** Where the console is mounted: nothing, or a path that begins with a slash and does not end with one. */
export type Mount = '' | `/${string}`

/** Nothing but its own files, no script or style written into the page, in no other site's frame. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types default',
].join('; ')

const headers = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
} as const

const forever = 'public, max-age=31536000, immutable'
const eachTime = 'no-cache'
/** Addresses of the API are never pages, so that a mistyped one is answered with JSON. */
const apiPrefix = 'v1/'

/** Routes that need no key: they hold no data. */
export const consoleRoutes = (mount: Mount): readonly string[] => [mount === '' ? '/' : mount, `${mount}/*`]

export function addConsoleRoutes(app: RestApp, mount: Mount, { files, page }: ConsoleFiles): void {
  const html = page.replace('<base href="/" />', `<base href="${mount}/" />`)
  const sendPage = (reply: FastifyReply) =>
    reply.headers(headers).header('cache-control', eachTime).type('text/html; charset=utf-8').send(html)
  const schema = { hide: true }
  app.get(mount === '' ? '/' : mount, { schema }, async (_request, reply) => sendPage(reply))
  app.get(`${mount}/*`, { schema }, async (request, reply) => {
    const path = String(Reflect.get(Object(request.params), '*'))
    const file = files.get(path)
    if (file !== undefined) return sendFile(request, reply, file)
    // A file that is not there is no page: a script that answers with HTML would hide that it is missing.
    if (path.startsWith(apiPrefix) || /^assets\/|\.(js|css|svg|map|ico)$/.test(path)) throw new Refusal('not_found')
    return sendPage(reply)
  })
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: ConsoleFile): FastifyReply {
  const accepted = String(request.headers['accept-encoding'] ?? '')
  const [encoding, body] = chooseEncoding(accepted, file)
  if (encoding !== null) reply.header('content-encoding', encoding)
  return reply
    .headers(headers)
    .header('vary', 'accept-encoding')
    .header('cache-control', file.isImmutable ? forever : eachTime)
    .type(file.type)
    .send(body)
}

function chooseEncoding(accepted: string, file: ConsoleFile): readonly [string | null, Buffer] {
  if (file.brotli !== null && /\bbr\b/.test(accepted)) return ['br', file.brotli]
  if (file.gzip !== null && /\bgzip\b/.test(accepted)) return ['gzip', file.gzip]
  return [null, file.body]
}
