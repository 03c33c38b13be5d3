import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chatAnswer, chatEvents, chatPath, chatRequest, collect, type Collector, type LocalServer, sendJson, sendPieces, serve, sleep } from './local-servers.cases.ts'
import { tapMethods } from './response-tap.ts'
import { start } from './start.ts'

let server: LocalServer
let collector: Collector
let handle: ReturnType<typeof start>
const bare = globalThis.fetch

beforeAll(async () => {
  server = await serve(async (request, response, body) => {
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
  })
  collector = await collect()
  handle = start({ endpoint: collector.url, serviceName: 'test', spoolDir: false, retryWindowMs: 50 })
})

afterAll(async () => {
  await handle.shutdown()
  await Promise.all([server.close(), collector.close()])
})

const post = (fetch: typeof globalThis.fetch, mode: string, init: RequestInit = {}) =>
  fetch(`${server.url}${chatPath}`, { method: 'POST', headers: { 'x-mode': mode }, body: chatRequest(), ...init })

const decoder = new TextDecoder()
const text = (chunks: readonly Uint8Array[]) => chunks.map((chunk) => decoder.decode(chunk)).join('')

async function readAll(stream: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream ?? []) chunks.push(chunk)
  return text(chunks)
}

async function failure(action: () => unknown): Promise<unknown> {
  try {
    await action()
  } catch (error) {
    return error instanceof Error ? `${error.constructor.name} ${error.name}: ${error.message}` : error
  }
  return 'no error'
}

/** Each use of a response, told as plain data, so that with and without the hook can be compared. */
const uses: Record<string, (fetch: typeof globalThis.fetch) => Promise<unknown>> = {
  'text()': async (fetch) => (await post(fetch, 'json')).text(),
  'json()': async (fetch) => (await post(fetch, 'json')).json(),
  'arrayBuffer()': async (fetch) => new Uint8Array(await (await post(fetch, 'json')).arrayBuffer()),
  'blob()': async (fetch) => {
    const blob = await (await post(fetch, 'json')).blob()
    return [blob.type, blob.size, await blob.text()]
  },
  'formData()': async (fetch) => [...(await (await post(fetch, 'form')).formData())],
  'json() on no JSON': async (fetch) => failure(async () => (await post(fetch, 'big')).json()),
  'a body without content': async (fetch) => {
    const response = await post(fetch, 'empty')
    return [response.status, response.body, await response.text(), response.bodyUsed]
  },
  'its properties': async (fetch) => {
    const response = await post(fetch, 'error')
    const { status, statusText, ok, type, redirected, bodyUsed } = response
    const headers = [...response.headers.keys()].filter((name) => name !== 'date')
    const kinds = [response instanceof Response, response.constructor === Response, response.body?.constructor?.name]
    const frozen = await failure(() => response.headers.set('a', 'b'))
    const brand = [Object.keys(response), Object.keys(response.body ?? {}), String(response.body)]
    return [status, statusText, ok, type, redirected, bodyUsed, headers, kinds, frozen, brand, await response.text()]
  },
  'url and redirect': async (fetch) => {
    const response = await post(fetch, 'redirect', { redirect: 'manual' })
    const followed = await fetch(`${server.url}${chatPath}#part`, { method: 'POST', body: chatRequest() })
    return [response.status, response.url === '' || response.url.length > 0, followed.url, response.body === null]
  },
  'for await over the body': async (fetch) => readAll((await post(fetch, 'stream')).body),
  'a default reader': async (fetch) => {
    const reader = (await post(fetch, 'stream')).body?.getReader()
    const chunks: Uint8Array[] = []
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) chunks.push(read.value)
    await reader?.closed
    return [reader instanceof ReadableStreamDefaultReader, text(chunks)]
  },
  'a BYOB reader': async (fetch) => {
    const reader = (await post(fetch, 'big')).body?.getReader({ mode: 'byob' })
    let size = 0
    let buffer = new ArrayBuffer(1000)
    for (;;) {
      const read = await reader?.read(new Uint8Array(buffer))
      if (!read?.value || read.done) return [size, read?.done, reader instanceof ReadableStreamBYOBReader]
      size += read.value.byteLength
      buffer = read.value.buffer
    }
  },
  'a lock given back in the middle': async (fetch) => {
    const { body } = await post(fetch, 'stream')
    const reader = body?.getReader()
    const first = await reader?.read()
    reader?.releaseLock()
    const late = await failure(() => reader?.read())
    return [text([first?.value ?? new Uint8Array()]).length > 0, late, (await readAll(body)).endsWith('[DONE]\n\n')]
  },
  'clone()': async (fetch) => {
    const response = await post(fetch, 'stream')
    const copy = response.clone()
    return [await copy.text(), await response.text(), copy.url === response.url, copy.status]
  },
  'clone() of a clone, one of them dropped': async (fetch) => {
    const response = await post(fetch, 'stream')
    const copy = response.clone().clone()
    return [await copy.text(), response.bodyUsed]
  },
  'clone() of a used one': async (fetch) => {
    const response = await post(fetch, 'json')
    await response.text()
    return failure(() => response.clone())
  },
  'tee()': async (fetch) => {
    const [left, right] = (await post(fetch, 'stream')).body?.tee() ?? []
    return Promise.all([readAll(left ?? null), readAll(right ?? null)])
  },
  'tee() with one branch cancelled': async (fetch) => {
    const [left, right] = (await post(fetch, 'stream')).body?.tee() ?? []
    void left?.cancel('not needed')
    return readAll(right ?? null)
  },
  'pipeTo()': async (fetch) => {
    const chunks: Uint8Array[] = []
    const { body } = await post(fetch, 'stream')
    await body?.pipeTo(new WritableStream({ write: (chunk: Uint8Array) => void chunks.push(chunk) }))
    return [text(chunks), await failure(() => body?.getReader().read().then(({ done }) => done))]
  },
  'pipeThrough()': async (fetch) => {
    const { body } = await post(fetch, 'stream')
    let all = ''
    for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) all += part
    await sleep(5)
    return [all, body?.locked]
  },
  'a body used twice': async (fetch) => {
    const response = await post(fetch, 'json')
    await response.text()
    return [await failure(() => response.json()), response.bodyUsed]
  },
  'a locked body': async (fetch) => {
    const response = await post(fetch, 'json')
    response.body?.getReader()
    return [await failure(() => response.text()), await failure(() => response.body?.getReader()), await failure(() => response.body?.cancel())]
  },
  'a response in a new Response': async (fetch) => {
    const response = await post(fetch, 'stream')
    return new Response(response.body, response).text()
  },
  'an early break': async (fetch) => {
    const { body } = await post(fetch, 'stream')
    for await (const _ of body ?? []) break
    return [body?.locked, await failure(() => readAll(body))]
  },
  'cancel()': async (fetch) => {
    const { body } = await post(fetch, 'stream')
    return [await body?.cancel('enough'), await readAll(body)]
  },
  'values({ preventCancel })': async (fetch) => {
    const { body } = await post(fetch, 'stream')
    for await (const _ of body?.values({ preventCancel: true }) ?? []) break
    return (await readAll(body)).endsWith('[DONE]\n\n')
  },
  'an abort before the answer': async (fetch) => {
    const controller = new AbortController()
    const waiting = failure(() => post(fetch, 'hang', { signal: controller.signal }))
    await sleep(20)
    controller.abort()
    return waiting
  },
  'an abort with a reason of its own': async (fetch) => {
    const controller = new AbortController()
    const reason = { mine: true }
    const waiting = post(fetch, 'hang', { signal: controller.signal }).catch((error: unknown) => error === reason)
    await sleep(20)
    controller.abort(reason)
    return waiting
  },
  'an abort in the stream': async (fetch) => {
    const controller = new AbortController()
    const { body } = await post(fetch, 'stream', { signal: controller.signal })
    const reader = body?.getReader()
    await reader?.read()
    controller.abort()
    return [await failure(async () => { for (;;) if ((await reader?.read())?.done) return }), await failure(() => reader?.closed)]
  },
  'a timeout': async (fetch) => failure(() => post(fetch, 'hang', { signal: AbortSignal.timeout(20) })),
  'a refused connection': async (fetch) => {
    const error = await fetch('http://127.0.0.1:9/v1/chat/completions', { method: 'POST', body: chatRequest() }).catch((e: unknown) => e)
    return [error instanceof TypeError, String(error), error instanceof Error && String(error.cause)]
  },
  'a broken stream': async (fetch) => {
    const { body } = await post(fetch, 'cut')
    const chunks: Uint8Array[] = []
    const error = await failure(async () => { for await (const chunk of body ?? []) chunks.push(chunk) })
    return [text(chunks), error]
  },
  'wrong arguments': async (fetch) => [
    await failure(() => fetch('no address', { method: 'POST', body: '{}' })),
    await failure(() => post(fetch, 'json', { headers: { 'bad header': 'x' } })),
    await failure(() => Reflect.apply(fetch, undefined, [])),
  ],
  'a Request': async (fetch) => {
    const request = new Request(`${server.url}${chatPath}`, { method: 'POST', headers: { 'x-mode': 'echo' }, body: chatRequest() })
    const response = await fetch(request)
    return [await response.text(), request.bodyUsed, await failure(() => request.text())]
  },
  'a body of bytes': async (fetch) =>
    (await post(fetch, 'echo', { body: new TextEncoder().encode(chatRequest({ note: 'é' })) })).text(),
  'a body that streams': async (fetch) => {
    const init = { body: new Blob([chatRequest()]).stream(), duplex: 'half' } as RequestInit
    return (await post(fetch, 'echo', init)).text()
  },
}

describe('watchFetch()', () => {
  for (const [name, use] of Object.entries(uses))
    it(`behaves as fetch does when an application uses ${name}`, async () => {
      expect(globalThis.fetch).not.toBe(bare)
      expect(await use(globalThis.fetch)).toEqual(await use(bare))
      expect(handle.stats().internalErrors).toBe(0)
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
    expect(await watched(`${server.url}${chatPath}`, { method: 'POST' }).catch((error: unknown) => error)).toBe(cause)
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
    const address = `${server.url}${chatPath}`
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
    const response = await fetch(`${server.url}/health`, { method: 'POST', headers: { 'x-mode': 'json' }, body: '{}' })
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
  const names = Object.keys(uses).filter((name) => !/wrong arguments|its properties/.test(name))
  for (const name of names)
    it(`behaves as fetch does in engines that read natively, with ${name}`, async () => {
      const use = uses[name] ?? (() => Promise.reject(new Error('BUG: no use')))
      expect(await use(methods)).toEqual(await use(bare))
    })
})
