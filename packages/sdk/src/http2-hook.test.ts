import dns from 'node:dns'
import http2 from 'node:http2'
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime'
import type { LlmCall } from '@inferometer/core/call'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Collector,
  chatEvents,
  chatPath,
  chatRequest,
  collect,
  type LocalServer,
  sendJson,
  serve,
  sleep,
} from './local-servers.cases.ts'
import { start } from './start.ts'

let server: LocalServer
let server2: http2.Http2Server
let collector: Collector
let handle: ReturnType<typeof start>
let failures = 0

const converse = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text: 'The Mondego.' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 12, outputTokens: 4, totalTokens: 16 },
  metrics: { latencyMs: 3 },
})

beforeAll(async () => {
  server = await serve((_, response) => {
    failures -= 1
    if (failures < 0) return sendJson(response, converse)
    sendJson(response, '{"message":"slow down"}', 429, { 'x-amzn-errortype': 'ThrottlingException' })
  })
  server2 = http2.createServer()
  server2.on('stream', (stream, headers) => {
    stream.resume()
    stream.on('error', () => undefined)
    stream.on('end', async () => {
      if (headers['x-mode'] === 'hang') return
      if (headers[':path']?.endsWith('/converse')) {
        stream.respond({ ':status': 200, 'content-type': 'application/json' })
        return void stream.end(converse)
      }
      stream.respond({ ':status': 200, 'content-type': 'text/event-stream' })
      for (const piece of chatEvents(['a', 'b', 'c'])) {
        await sleep(20)
        if (stream.destroyed) return
        stream.write(piece)
        if (piece.includes('"b"') && headers['x-mode'] === 'reset')
          return stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)
        if (piece.includes('"b"') && headers['x-mode'] === 'cut') return stream.session?.destroy()
      }
      stream.end()
    })
  })
  await new Promise<void>((resolve) => server2.listen(0, '127.0.0.1', resolve))
  collector = await collect()
  handle = start({ endpoint: collector.url, serviceName: 'node', spoolDir: false })
})
afterAll(async () => {
  await handle.shutdown()
  server2.close()
  await Promise.all([server.close(), collector.close()])
})

async function recorded(action: () => Promise<unknown>): Promise<LlmCall[]> {
  const known = collector.calls.length
  await action()
  await sleep(20)
  await handle.flush()
  expect(handle.stats()).toMatchObject({ internalErrors: 0, missed: 0 })
  return collector.calls.slice(known)
}

/** The client is known by its host: here that name leads to this machine. */
const host = 'bedrock-runtime.us-east-1.amazonaws.com'
const lookup = dns.lookup
const toThisMachine = (name: string, ...rest: unknown[]) =>
  Reflect.apply(lookup, dns, [name === host ? '127.0.0.1' : name, ...rest])
beforeAll(() => {
  Object.assign(dns, { lookup: toThisMachine })
})
afterAll(() => {
  Object.assign(dns, { lookup })
})

const bedrock = (port: number, requestHandler?: NodeHttpHandler) =>
  new BedrockRuntimeClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    endpoint: `http://${host}:${port}`,
    ...(requestHandler ? { requestHandler } : {}),
  })
const ask = { modelId: 'model-b', messages: [{ role: 'user' as const, content: [{ text: 'Name a river.' }] }] }

describe('the Bedrock client', () => {
  it('is seen over node:http, its retries as attempts of one call', { timeout: 15_000 }, async () => {
    failures = 1
    const calls = await recorded(() => bedrock(server.port, new NodeHttpHandler()).send(new ConverseCommand(ask)))
    expect(calls).toHaveLength(1)
    expect(calls[0]).toMatchObject({
      requestModel: 'model-b',
      inputTokens: 12,
      outputTokens: 4,
      retryCount: 1,
      status: 'success',
    })
    expect(calls[0]?.attempts.map(({ httpStatus }) => httpStatus)).toEqual([429, 200])
  })

  it('is seen over node:http2', async () => {
    const address = server2.address()
    const client = bedrock(typeof address === 'object' ? (address?.port ?? 0) : 0)
    const calls = await recorded(() => client.send(new ConverseCommand(ask)))
    expect(calls).toHaveLength(1)
    expect(calls[0]).toMatchObject({ requestModel: 'model-b', inputTokens: 12, outputTokens: 4, status: 'success' })
    client.destroy()
  })
})

describe('installHttp2Hook()', () => {
  const open = (path: string, headers = {}) => {
    const address = server2.address()
    const session = http2.connect(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`)
    const stream = session.request({ ':method': 'POST', ':path': path, ...headers })
    return { session, stream }
  }

  it('sees a stream, and gives the application the same bytes', async () => {
    const [call] = await recorded(async () => {
      const { session, stream } = open(chatPath)
      stream.end(chatRequest({ stream: true }))
      let text = ''
      for await (const chunk of stream) text += String(chunk)
      expect(text).toBe(chatEvents(['a', 'b', 'c']).join(''))
      session.close()
    })
    expect(call).toMatchObject({ status: 'success', outputTokens: 3, finishReason: 'stop', httpStatus: 200 })
    expect(call?.ttftMs).toBeGreaterThan(35)
  })

  it.each(['reset', 'cut'])('records a stream that is %s after its headers as broken', async (mode) => {
    const [call] = await recorded(async () => {
      const { session, stream } = open(chatPath, { 'x-mode': mode })
      session.on('error', () => undefined)
      stream.on('error', () => undefined)
      stream.resume()
      stream.end(chatRequest({ stream: true }))
      await new Promise((resolve) => stream.once('close', resolve))
      session.close()
    })
    expect(call).toMatchObject({ status: 'error', errorType: 'connection', httpStatus: 200 })
  })

  it('records a stream that the application closes', async () => {
    const [call] = await recorded(async () => {
      const { session, stream } = open(chatPath, { 'x-mode': 'hang' })
      stream.on('error', () => undefined)
      stream.end(chatRequest({ stream: true }))
      await sleep(30)
      stream.close(http2.constants.NGHTTP2_CANCEL)
      await sleep(20)
      session.close()
    })
    expect(call).toMatchObject({ status: 'cancelled', httpStatus: null })
  })
})
