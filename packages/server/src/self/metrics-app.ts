import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'

const zip = promisify(gzip)
/** Below this, compressing costs more than it saves. */
const zipFromBytes = 1_024
/** Scrapes are many and repeat themselves: the fastest level already makes a tenth of them. */
const zipLevel = 1

export interface Scrape {
  readonly contentType: string
  readonly body: string | Uint8Array
}

/** GET and HEAD /metrics, compressed where the scraper takes it. */
export function addMetricsRoute(app: FastifyInstance, scrape: (accept: string | undefined) => Scrape): void {
  app.get('/metrics', async (request, reply) => {
    const { contentType, body } = scrape(request.headers.accept)
    reply.header('content-type', contentType).header('vary', 'accept, accept-encoding')
    const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.length)
    if (bytes.length < zipFromBytes || !acceptsGzip(request.headers['accept-encoding'])) return reply.send(bytes)
    return reply.header('content-encoding', 'gzip').send(await zip(bytes, { level: zipLevel }))
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('Metrics are at /metrics\n'))
}

function acceptsGzip(header: string | readonly string[] | undefined): boolean {
  const offers = String(header ?? '').split(',')
  return offers.some((offer) => {
    const [coding = '', ...parameters] = offer.split(';').map((part) => part.trim().toLowerCase())
    return (coding === 'gzip' || coding === '*') && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
}
