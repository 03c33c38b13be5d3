import { describe, expect, it } from 'vitest'
import { fetchUses } from './fetch-uses.cases.ts'
import { useInstrument } from './instrument.cases.ts'
import { chatAnswer, chatEvents, chatPath, chatRequest, sendJson, sendPieces, sleep } from './local-servers.cases.ts'
import { tapMethods } from './response-tap.ts'

const bare = globalThis.fetch

const app = useInstrument(
  async (request, response, body) => {
    const mode = String(request.headers['x-mode'] ?? 'json')
    if (mode === 'json') return sendJson(response, chatAnswer)
    if (mode === 'error') return sendJson(response, '{"error":{"message":"bad","type":"invalid_request_error"}}', 400)
    if (mode === 'stream') return sendPieces(response, chatEvents(['a', 'b', 'c', 'd']), 2)
    if (mode === 'big') return sendPieces(response, [Buffer.alloc(300_000, 'x').toString()])
    if (mode === 'empty') return void response.writeHead(204).end()
    if (mode === 'redirect') return void response.writeHead(307, { location: '/v1/chat/completions?there' }).end()
    if (mode === 'hang') return
    if (mode === 'cut') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const piece of chatEvents(['a', 'b']).slice(0, 2)) response.write(piece)
      await sleep(20)
      return void response.destroy()
    }
    if (mode === 'form') {
      const form = '--b\r\ncontent-disposition: form-data; name="k"\r\n\r\nv\r\n--b--\r\n'
      return void response.writeHead(200, { 'content-type': 'multipart/form-data; boundary=b' }).end(form)
    }
    response.end(body)
  },
  { serviceName: 'test', retryWindowMs: 50 },
)

describe('watchFetch()', () => {
  for (const [name, use] of Object.entries(fetchUses))
    it(`behaves as fetch does when an application uses ${name}`, async () => {
      expect(globalThis.fetch).not.toBe(bare)
      expect(await use(globalThis.fetch, app.server.url)).toEqual(await use(bare, app.server.url))
      expect(app.handle.stats().internalErrors).toBe(0)
    })

  it('keeps name and length of fetch', () => {
    expect([globalThis.fetch.name, globalThis.fetch.length]).toEqual([bare.name, bare.length])
  })

  it('gives the error object that fetch threw', async () => {
    const cause = new Error('mine')
    const failing = Object.assign(async () => Promise.reject(cause))
    const { watchFetch } = await import('./fetch-hook.ts')
    const { getRuntime } = await import('./state.ts')
    const watched = watchFetch(failing, getRuntime)
    expect(await watched(`${app.server.url}${chatPath}`, { method: 'POST' }).catch((error: unknown) => error)).toBe(
      cause,
    )
  })

  it('gives the response that fetch gave, and calls it with the very arguments', async () => {
    const { watchFetch } = await import('./fetch-hook.ts')
    const { getRuntime } = await import('./state.ts')
    const response = new Response(chatAnswer)
    const seen: unknown[][] = []
    const watched = watchFetch((...args) => {
      seen.push(args)
      return Promise.resolve(response)
    }, getRuntime)
    const init = { method: 'POST', body: chatRequest() }
    const address = `${app.server.url}${chatPath}`
    expect(await watched(address, init)).toBe(response)
    expect(seen).toEqual([[address, init]])
    expect(seen[0]?.[1]).toBe(init)
  })

  it('lets a rejection that nobody handles be unhandled', async () => {
    const unhandled: unknown[] = []
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', (error) => unhandled.push(error))
    void fetch('http://127.0.0.1:9/v1/chat/completions', { method: 'POST', body: chatRequest() })
    for (let tries = 0; unhandled.length === 0 && tries < 50; tries += 1) await sleep(10)
    process.removeAllListeners('unhandledRejection')
    for (const listener of others) process.on('unhandledRejection', listener)
    expect(unhandled).toHaveLength(1)
  })

  it('leaves responses of other traffic alone', async () => {
    const response = await fetch(`${app.server.url}/health`, {
      method: 'POST',
      headers: { 'x-mode': 'json' },
      body: '{}',
    })
    expect(Object.getPrototypeOf(response.body)).toBe(ReadableStream.prototype)
    await response.text()
  })
})

describe('tapMethods()', () => {
  const methods = (async (...args: Parameters<typeof fetch>) => {
    const response = await fetch(...args)
    if (response.body !== null) tapMethods(response)
    return response
  }) as typeof fetch
  const names = Object.keys(fetchUses).filter((name) => !/wrong arguments|its properties/.test(name))
  for (const name of names)
    it(`behaves as fetch does in engines that read natively, with ${name}`, async () => {
      const use = fetchUses[name] ?? (() => Promise.reject(new Error('BUG: no use')))
      expect(await use(methods, app.server.url)).toEqual(await use(bare, app.server.url))
    })
})
