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

/** What one port holds of requests that are read or wait for their commit. */
export interface Admission {
  /** Null: more is at work than the server holds. One request is always let in, whatever its size. */
  hold(bytes: number): Held | null
}

export interface Held {
  /** The size is known now. False: it does not fit, and what was held before still is. */
  resize(bytes: number): boolean
  /** Any number of times. */
  release(): void
}

export function createAdmission(): Admission {
  let heldBytes = 0
  const open = (): Held => {
    let ownBytes = 0
    const resize = (bytes: number) => {
      const others = heldBytes - ownBytes
      if (others > 0 && others + bytes > heldBytesAtMost) return false
      heldBytes = others + bytes
      ownBytes = bytes
      return true
    }
    return { resize, release: () => resize(0) }
  }
  return {
    hold(bytes) {
      const held = open()
      return held.resize(bytes) ? held : null
    },
  }
}

export function toOverload(): Refusal {
  return new Refusal('overloaded', 'more bytes of requests are at work than the server holds', { retryAfterSeconds })
}

/** Refuses before the body is read: senders by the thousand then cost their connections and not their bodies. */
export function addAdmission(app: FastifyInstance, bodyBytes: number): void {
  const admission = createAdmission()
  app.addHook('onRequest', async ({ headers }, reply) => {
    const bytes = Math.min(bodyBytes, expectedBytes(headers))
    if (bytes === 0) return
    const held = admission.hold(bytes)
    if (held === null) throw toOverload()
    finished(reply.raw, held.release)
  })
}

function expectedBytes(headers: IncomingHttpHeaders): number {
  const length = headers['content-length']
  if (length === undefined) return headers['transfer-encoding'] === undefined ? 0 : unknownBytes
  return Number(length) * (headers['content-encoding'] === undefined ? 1 : gzipFactor)
}
