import dns from 'node:dns'
import http from 'node:http'
import http2 from 'node:http2'
import https, { request as namedRequest } from 'node:https'
import zlib from 'node:zlib'
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { LlmCall } from '@inferometer/core/call'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chatAnswer, chatEvents, chatPath, chatRequest, collect, type Collector, type LocalServer, sendJson, sendPieces, serve, sleep } from './local-servers.cases.ts'
import { start } from './start.ts'

let server: LocalServer
let server2: http2.Http2Server
let collector: Collector
let handle: ReturnType<typeof start>
let failures = 0
const bareRequest = http.request

const converse = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text: 'The Mondego.' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 12, outputTokens: 4, totalTokens: 16 },
  metrics: { latencyMs: 3 },
})

beforeAll(async () => {
  server = await serve(async (request, response) => {
    const mode = request.headers['x-mode']
    if (failures > 0) {
      failures -= 1
      return sendJson(response, '{"message":"slow down"}', 429, { 'x-amzn-errortype': 'ThrottlingException' })
    }
    if (request.url?.endsWith('/converse')) return sendJson(response, converse)
    if (mode === 'gzip') return void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(zlib.gzipSync(chatAnswer))
    if (mode === 'stream') return sendPieces(response, chatEvents(['a', 'b', 'c']), 20)
    if (mode === 'cut') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const piece of chatEvents(['a', 'b']).slice(0, 3)) response.write(piece)
      await sleep(20)
      return void response.destroy()
    }
    if (mode === 'hang') return
    sendJson(response, chatAnswer)
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

interface Options {
  mode?: string
  body?: string
  request?: typeof http.request
  onResponse?: (response: http.IncomingMessage, request: http.ClientRequest) => void
}

/** Posts with node:http and gives the answer's text, or the error. */
function post({ mode = 'json', body = chatRequest(), request = http.request, onResponse }: Options = {}): Promise<string> {
  return new Promise((resolve) => {
    const sent = request(`${server.url}${chatPath}`, { method: 'POST', headers: { 'x-mode': mode } }, (response) => {
      onResponse?.(response, sent)
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', (error) => resolve(error.message))
      response.on('end', () => resolve(Buffer.concat(chunks).toString()))
    })
    sent.on('error', (error) => resolve(error.message))
    sent.write(body.slice(0, 10))
    sent.end(body.slice(10))
  })
}

describe('installHttpHook()', () => {
  it('sees a whole answer, whoever took hold of request and when', async () => {
    const calls = await recorded(() => post({ request: bareRequest }))
    expect(calls).toHaveLength(1)
    expect(calls[0]).toMatchObject({ requestModel: 'model-a', inputTokens: 12, outputTokens: 4, status: 'success', httpStatus: 200 })
    expect(https.request).toBe(namedRequest)
  })

  it('gives the application the same bytes', async () => {
    expect(await post()).toBe(chatAnswer)
    expect(await post({ mode: 'stream' })).toBe(chatEvents(['a', 'b', 'c']).join(''))
    await handle.flush()
  })

  it('sees a stream with its first token', async () => {
    const [call] = await recorded(() => post({ mode: 'stream', body: chatRequest({ stream: true }) }))
    expect(call).toMatchObject({ streaming: true, outputTokens: 3, finishReason: 'stop' })
    expect(call?.ttftMs).toBeGreaterThan(35)
  })

  it('reads what is compressed', async () => {
    const [call] = await recorded(() => post({ mode: 'gzip' }))
    expect(call).toMatchObject({ inputTokens: 12, status: 'success' })
  })

  it('lets nothing flow that nobody reads', async () => {
    let flowing: boolean | null = true
    const text = await new Promise((resolve) => {
      const sent = http.request(`${server.url}${chatPath}`, { method: 'POST' }, async (response) => {
        await sleep(30)
        flowing = response.readableFlowing
        let all = ''
        response.setEncoding('utf8')
        for await (const part of response) all += part
        resolve(all)
      })
      sent.end(chatRequest())
    })
    expect([flowing, text]).toEqual([null, chatAnswer])
    await handle.flush()
  })

  it('records a broken stream, a destroyed response and a destroyed request', async () => {
    const stream = chatRequest({ stream: true })
    const [broken] = await recorded(() => post({ mode: 'cut', body: stream }))
    expect(broken).toMatchObject({ status: 'error', errorType: 'connection', httpStatus: 200 })
    const destroy = (response: http.IncomingMessage) => setTimeout(() => response.destroy(), 50)
    const [destroyed] = await recorded(async () => Promise.race([post({ mode: 'stream', body: stream, onResponse: destroy }), sleep(150)]))
    expect(destroyed).toMatchObject({ status: 'cancelled', httpStatus: 200, usageSource: 'estimated' })
    const [aborted] = await recorded(
      () =>
        new Promise<void>((resolve) => {
          const sent = http.request(`${server.url}${chatPath}`, { method: 'POST', headers: { 'x-mode': 'hang' } })
          sent.on('error', () => resolve())
          sent.end(chatRequest())
          setTimeout(() => sent.destroy(), 30)
        }),
    )
    expect(aborted).toMatchObject({ status: 'cancelled', httpStatus: null })
  })

  it('records a refused connection, and keeps the error', async () => {
    const [call] = await recorded(async () => {
      const error = await new Promise<Error>((resolve) => {
        const sent = http.request('http://127.0.0.1:9/v1/chat/completions', { method: 'POST' })
        sent.on('error', resolve)
        sent.end(chatRequest())
      })
      expect(error).toMatchObject({ code: 'ECONNREFUSED' })
    })
    expect(call).toMatchObject({ status: 'error', errorType: 'connection', errorCode: 'ECONNREFUSED' })
  })

  it('leaves other traffic alone', async () => {
    await recorded(() => new Promise((resolve) => http.get(`${server.url}/health`, (response) => response.resume().on('end', resolve))))
    expect(await recorded(async () => (await fetch(`${server.url}/health`)).text())).toEqual([])
  })

  it('sees a call by fetch once', async () => {
    expect(await recorded(async () => (await fetch(`${server.url}${chatPath}`, { method: 'POST', body: chatRequest() })).text())).toHaveLength(1)
  })
})

/** The client is known by its host: here that name leads to this machine. */
const host = 'bedrock-runtime.us-east-1.amazonaws.com'
const lookup = dns.lookup
const toThisMachine = (name: string, ...rest: unknown[]) => Reflect.apply(lookup, dns, [name === host ? '127.0.0.1' : name, ...rest])
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
    expect(calls[0]).toMatchObject({ requestModel: 'model-b', inputTokens: 12, outputTokens: 4, retryCount: 1, status: 'success' })
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

it('shutdown() takes every hook away', async () => {
  await handle.shutdown()
  expect(Object.hasOwn(http.ClientRequest.prototype, 'end')).toBe(false)
  expect(Object.hasOwn(http.ClientRequest.prototype, 'emit')).toBe(false)
  await post()
  expect(handle.stats().queued).toBe(0)
})
