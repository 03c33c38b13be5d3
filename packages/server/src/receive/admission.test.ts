import { once } from 'node:events'
import { type ClientRequest, request } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { openTestApp, readMetrics } from '../test-app.cases.ts'

const MiB = 1024 * 1024
const headers = { 'content-type': 'application/x-protobuf' }
const open: ClientRequest[] = []
afterEach(() => {
  for (const sender of open.splice(0)) sender.destroy()
})

/** A sender that says how much it is going to send, and begins. */
function begin(url: string, bytes: number): ClientRequest {
  const sender = request(url, { method: 'POST', headers: { ...headers, 'content-length': bytes } })
  sender.on('error', () => undefined)
  sender.write(Buffer.alloc(1))
  open.push(sender)
  return sender
}

async function statusOf(sender: ClientRequest) {
  const [response] = await once(sender, 'response')
  response.resume()
  return { status: response.statusCode, retryAfter: response.headers['retry-after'] }
}

it('refuses bodies beyond what the server holds before they are read, and takes them again when others are done', async () => {
  const app = await openTestApp({ limits: { bodyBytes: 16 * MiB } })
  const url = `${await app.otlpHttp.listen({ host: '127.0.0.1', port: 0 })}/v1/traces`
  const held = Array.from({ length: 4 }, () => begin(url, 4 * MiB))
  let refused = await statusOf(begin(url, 4 * MiB))
  // The first four may not have come yet; they are let in before any that is sent after a refusal.
  while (refused.status !== 429) refused = await statusOf(begin(url, 4 * MiB))
  expect(refused).toEqual({ status: 429, retryAfter: '1' })
  const metrics = await readMetrics(app)
  expect(metrics.get('inferometer_rejected_total{source="otlp_http",reason="overloaded"}')).toBeGreaterThan(0)

  for (const sender of held) sender.destroy()
  const sendEmpty = async () => (await fetch(url, { method: 'POST', headers, body: new Uint8Array([0x0a, 0]) })).status
  let status = await sendEmpty()
  while (status === 429) status = await sendEmpty()
  expect(status).toBe(200)
})

it('lets one request in whatever its size, and asks nothing of requests without a body', async () => {
  const app = await openTestApp({ limits: { bodyBytes: 128 * MiB } })
  const url = `${await app.otlpHttp.listen({ host: '127.0.0.1', port: 0 })}/v1/traces`
  begin(url, 100 * MiB)
  let other = await statusOf(begin(url, MiB))
  while (other.status !== 429) other = await statusOf(begin(url, MiB))
  expect((await fetch(url)).status).toBe(405)
})
