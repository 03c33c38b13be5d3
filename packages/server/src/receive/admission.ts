import type { IncomingHttpHeaders } from 'node:http'
import { finished } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Refusal } from '../errors.ts'

const MiB = 1024 * 1024
/**
 * About half a second of spans at full speed: more would only wait, and those who wait behind it would wait longer. In
 * memory a body takes about three times its bytes while it is decoded.
 */
const heldBytesAtMost = 16 * MiB
/** Bodies of unknown length come from exporters that compress as they send; their batches are small. */
const unknownBytes = MiB / 2
/** Spans are that many times as large as their gzip. */
const gzipFactor = 10
const retryAfterSeconds = 1

/**
 * Bounds the bytes of all bodies that are read or wait for their commit, each port for itself. What comes beyond is
 * refused before its body is read: senders by the thousand then cost their connections and not their bodies. One
 * request is always let in, however large the body limit lets it be.
 */
export function addAdmission(app: FastifyInstance, bodyBytes: number): void {
  let heldBytes = 0
  app.addHook('onRequest', async ({ headers }, reply) => {
    const bytes = Math.min(bodyBytes, expectedBytes(headers))
    if (bytes === 0) return
    if (heldBytes > 0 && heldBytes + bytes > heldBytesAtMost)
      throw new Refusal('overloaded', 'more bytes of requests are at work than the server holds', { retryAfterSeconds })
    heldBytes += bytes
    finished(reply.raw, () => {
      heldBytes -= bytes
    })
  })
}

function expectedBytes(headers: IncomingHttpHeaders): number {
  const length = headers['content-length']
  if (length === undefined) return headers['transfer-encoding'] === undefined ? 0 : unknownBytes
  return Number(length) * (headers['content-encoding'] === undefined ? 1 : gzipFactor)
}
