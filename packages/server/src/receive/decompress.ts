import { finished } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, RequestPayload } from 'fastify'
import { Refusal } from '../errors.ts'

const gzipChunkBytes = 64 * 1024

/**
 * Reads gzip bodies as they stream in. The web framework holds what they unpack to under its body limit, and unpacking
 * stops with the answer: a small body that unpacks to gigabytes costs no more than any other that is too large.
 */
export function addDecompression(app: FastifyInstance): void {
  app.addHook('preParsing', async (request, reply, payload) => {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
    if (encoding === 'identity' || encoding === 'none' || encoding === '') return payload
    if (encoding === 'gzip' || encoding === 'x-gzip') return unzip(payload, reply)
    throw new Refusal('unsupported_content_encoding', `${encoding.slice(0, 40)}; send gzip or none`)
  })
}

function unzip(payload: RequestPayload, reply: FastifyReply): RequestPayload {
  const unpacked: RequestPayload & NodeJS.WritableStream = createGunzip({ chunkSize: gzipChunkBytes })
  let received = 0
  // The framework compares this with Content-Length, which counts compressed bytes.
  Object.defineProperty(unpacked, 'receivedEncodedLength', { get: () => received })
  payload.on('data', (chunk: Uint8Array) => {
    received += chunk.length
  })
  payload.on('error', (error) => unpacked.destroy(error))
  payload.pipe(unpacked)
  finished(reply.raw, () => {
    payload.unpipe(unpacked)
    unpacked.destroy()
  })
  return unpacked
}
