import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { App } from '../app.ts'
import { goodRecord, openTestApp, readMetrics, sumOf } from '../test-app.cases.ts'

let app: App
let port: number
beforeEach(async () => {
  app = await openTestApp({ limits: { bodyBytes: 100_000 } })
  await app.api.listen({ host: '127.0.0.1', port: 0 })
  const [address] = app.api.addresses()
  if (typeof address !== 'object') throw new Error('BUG: the API has no address')
  port = address.port
})
afterEach(async () => {
  await app.close()
})

interface Upload {
  readonly pieces: readonly Buffer[]
  readonly headers?: Record<string, string>
}

/** Sends the pieces as chunks with a turn of the event loop in between. Null when the connection broke. */
async function upload({ pieces, headers }: Upload): Promise<number | null> {
  const sent = request({
    host: '127.0.0.1',
    port,
    path: '/v1/metrics/record',
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
  })
  const answered = new Promise<number | null>((resolve) => {
    sent.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? null)
    })
    sent.on('error', () => resolve(null))
  })
  for (const piece of pieces) {
    sent.write(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  sent.end()
  return answered
}

function split(body: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(body.length / size) }, (_, i) => body.subarray(i * size, (i + 1) * size))
}

test('record reads a body that comes in chunks of a few bytes, gzip or not', async () => {
  const body = Buffer.from(JSON.stringify({ ...goodRecord, model: 'größe-✓' }))
  expect(await upload({ pieces: split(body, 3) })).toBe(200)
  expect(await upload({ pieces: split(gzipSync(body), 5), headers: { 'content-encoding': 'gzip' } })).toBe(200)
  expect(sumOf(await readMetrics(app), 'llm_spans_total')).toBe(2)
})

test('record answers 413 to an endless body and to a gzip bomb, and lives on', async () => {
  const endless = Array.from({ length: 50 }, () => Buffer.alloc(10_000, 32))
  // A sender that keeps writing may see its connection reset before it reads the answer.
  expect([413, null]).toContain(await upload({ pieces: endless }))
  const bomb = gzipSync(Buffer.alloc(200_000_000))
  const headers = { 'content-encoding': 'gzip' }
  const rssBefore = process.memoryUsage.rss()
  expect([413, null]).toContain(await upload({ pieces: split(bomb, 16_384), headers }))
  expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(100_000_000)
  expect(await upload({ pieces: [Buffer.from(JSON.stringify(goodRecord))] })).toBe(200)
})

test('record records nothing when the sender breaks off, and lives on', async () => {
  for (const encoding of ['', 'content-encoding: gzip\r\n']) {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const head = `POST /v1/metrics/record HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${encoding}`
    socket.write(`${head}content-length: 500\r\n\r\n{"model":`)
    await new Promise((resolve) => setTimeout(resolve, 20))
    socket.destroy()
  }
  expect(await upload({ pieces: [Buffer.from(JSON.stringify(goodRecord))] })).toBe(200)
  expect(sumOf(await readMetrics(app), 'llm_spans_total')).toBe(1)
})

test('the port answers 400 to what is no HTTP, and lives on', async () => {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('\x16\x03\x01 this is TLS, or nonsense\r\n\r\n')
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /)
  socket.destroy()
  expect(await upload({ pieces: [Buffer.from(JSON.stringify(goodRecord))] })).toBe(200)
})
