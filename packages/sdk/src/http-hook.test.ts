import http from 'node:http'
import https, { request as namedRequest } from 'node:https'
import zlib from 'node:zlib'
import type { LlmCall } from '@inferometer/core/call'
import { describe, expect, it } from 'vitest'
import { useInstrument } from './instrument.cases.ts'
import { chatAnswer, chatEvents, chatPath, chatRequest, sendJson, sendPieces, sleep } from './local-servers.cases.ts'

const bareRequest = http.request

const app = useInstrument(
  async (request, response) => {
    const mode = request.headers['x-mode']
    if (mode === 'gzip')
      return void response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(zlib.gzipSync(chatAnswer))
    if (mode === 'stream') return sendPieces(response, chatEvents(['a', 'b', 'c']), 20)
    if (mode === 'cut') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const piece of chatEvents(['a', 'b']).slice(0, 3)) response.write(piece)
      await sleep(20)
      return void response.destroy()
    }
    if (mode === 'hang') return
    sendJson(response, chatAnswer)
  },
  { serviceName: 'node' },
)

async function recorded(action: () => Promise<unknown>): Promise<LlmCall[]> {
  const known = app.collector.calls.length
  await action()
  // Unpacking and closing take turns of their own.
  for (let tries = 0; tries < 10 && app.collector.calls.length === known; tries += 1) {
    await sleep(20)
    await app.handle.flush()
  }
  expect(app.handle.stats()).toMatchObject({ internalErrors: 0, missed: 0 })
  return app.collector.calls.slice(known)
}

interface Options {
  mode?: string
  body?: string
  request?: typeof http.request
  onResponse?: (response: http.IncomingMessage, request: http.ClientRequest) => void
}

/** Posts with node:http and gives the answer's text, or the error. */
function post({
  mode = 'json',
  body = chatRequest(),
  request = http.request,
  onResponse,
}: Options = {}): Promise<string> {
  return new Promise((resolve) => {
    const sent = request(
      `${app.server.url}${chatPath}`,
      { method: 'POST', headers: { 'x-mode': mode } },
      (response) => {
        onResponse?.(response, sent)
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', (error) => resolve(error.message))
        response.on('end', () => resolve(Buffer.concat(chunks).toString()))
      },
    )
    sent.on('error', (error) => resolve(error.message))
    sent.write(body.slice(0, 10))
    sent.end(body.slice(10))
  })
}

describe('installHttpHook()', () => {
  it('sees a whole answer, whoever took hold of request and when', async () => {
    const calls = await recorded(() => post({ request: bareRequest }))
    expect(calls).toHaveLength(1)
    expect(calls[0]).toMatchObject({
      requestModel: 'model-a',
      inputTokens: 12,
      outputTokens: 4,
      status: 'success',
      httpStatus: 200,
    })
    expect(https.request).toBe(namedRequest)
  })

  it('gives the application the same bytes', async () => {
    expect(await post()).toBe(chatAnswer)
    expect(await post({ mode: 'stream' })).toBe(chatEvents(['a', 'b', 'c']).join(''))
    await app.handle.flush()
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
      const sent = http.request(`${app.server.url}${chatPath}`, { method: 'POST' }, async (response) => {
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
    await app.handle.flush()
  })

  it('records a broken stream, a destroyed response and a destroyed request', async () => {
    const stream = chatRequest({ stream: true })
    const [broken] = await recorded(() => post({ mode: 'cut', body: stream }))
    expect(broken).toMatchObject({ status: 'error', errorType: 'connection', httpStatus: 200 })
    const destroy = (response: http.IncomingMessage) => setTimeout(() => response.destroy(), 50)
    const [destroyed] = await recorded(async () =>
      Promise.race([post({ mode: 'stream', body: stream, onResponse: destroy }), sleep(150)]),
    )
    expect(destroyed).toMatchObject({ status: 'cancelled', httpStatus: 200, usageSource: 'estimated' })
    const [aborted] = await recorded(
      () =>
        new Promise<void>((resolve) => {
          const sent = http.request(`${app.server.url}${chatPath}`, { method: 'POST', headers: { 'x-mode': 'hang' } })
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
    await recorded(
      () =>
        new Promise((resolve) =>
          http.get(`${app.server.url}/health`, (response) => response.resume().on('end', resolve)),
        ),
    )
    expect(await recorded(async () => (await fetch(`${app.server.url}/health`)).text())).toEqual([])
  })

  it('sees a call by fetch once', async () => {
    expect(
      await recorded(async () =>
        (await fetch(`${app.server.url}${chatPath}`, { method: 'POST', body: chatRequest() })).text(),
      ),
    ).toHaveLength(1)
  })
})

it('shutdown() takes every hook away', async () => {
  await app.handle.shutdown()
  expect(Object.hasOwn(http.ClientRequest.prototype, 'end')).toBe(false)
  expect(Object.hasOwn(http.ClientRequest.prototype, 'emit')).toBe(false)
  await post()
  expect(app.handle.stats().queued).toBe(0)
})
