/** What applications do with fetch and its responses, each told as plain data: with and without the hook it has to be the same. */
import { chatPath, chatRequest, type Fetch, sleep } from './local-servers.cases.ts'

const post = (fetch: Fetch, url: string, mode: string, init: RequestInit = {}) =>
  fetch(`${url}${chatPath}`, { method: 'POST', headers: { 'x-mode': mode }, body: chatRequest(), ...init })

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
export const fetchUses: Record<string, (fetch: Fetch, url: string) => Promise<unknown>> = {
  'text()': async (fetch, url) => (await post(fetch, url, 'json')).text(),
  'json()': async (fetch, url) => (await post(fetch, url, 'json')).json(),
  'arrayBuffer()': async (fetch, url) => new Uint8Array(await (await post(fetch, url, 'json')).arrayBuffer()),
  'blob()': async (fetch, url) => {
    const blob = await (await post(fetch, url, 'json')).blob()
    return [blob.type, blob.size, await blob.text()]
  },
  'formData()': async (fetch, url) => [...(await (await post(fetch, url, 'form')).formData())],
  'json() on no JSON': async (fetch, url) => failure(async () => (await post(fetch, url, 'big')).json()),
  'a body without content': async (fetch, url) => {
    const response = await post(fetch, url, 'empty')
    return [response.status, response.body, await response.text(), response.bodyUsed]
  },
  'its properties': async (fetch, url) => {
    const response = await post(fetch, url, 'error')
    const { status, statusText, ok, type, redirected, bodyUsed } = response
    const headers = [...response.headers.keys()].filter((name) => name !== 'date')
    const kinds = [response instanceof Response, response.constructor === Response, response.body?.constructor?.name]
    const frozen = await failure(() => response.headers.set('a', 'b'))
    const brand = [Object.keys(response), Object.keys(response.body ?? {}), String(response.body)]
    return [status, statusText, ok, type, redirected, bodyUsed, headers, kinds, frozen, brand, await response.text()]
  },
  'url and redirect': async (fetch, url) => {
    const response = await post(fetch, url, 'redirect', { redirect: 'manual' })
    const followed = await fetch(`${url}${chatPath}#part`, { method: 'POST', body: chatRequest() })
    return [response.status, response.url === '' || response.url.length > 0, followed.url, response.body === null]
  },
  'for await over the body': async (fetch, url) => readAll((await post(fetch, url, 'stream')).body),
  'a default reader': async (fetch, url) => {
    const reader = (await post(fetch, url, 'stream')).body?.getReader()
    const chunks: Uint8Array[] = []
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) chunks.push(read.value)
    await reader?.closed
    return [reader instanceof ReadableStreamDefaultReader, text(chunks)]
  },
  'a BYOB reader': async (fetch, url) => {
    const reader = (await post(fetch, url, 'big')).body?.getReader({ mode: 'byob' })
    let size = 0
    let buffer = new ArrayBuffer(1000)
    for (;;) {
      const read = await reader?.read(new Uint8Array(buffer))
      if (!read?.value || read.done) return [size, read?.done, reader instanceof ReadableStreamBYOBReader]
      size += read.value.byteLength
      buffer = read.value.buffer
    }
  },
  'a lock given back in the middle': async (fetch, url) => {
    const { body } = await post(fetch, url, 'stream')
    const reader = body?.getReader()
    const first = await reader?.read()
    reader?.releaseLock()
    const late = await failure(() => reader?.read())
    return [text([first?.value ?? new Uint8Array()]).length > 0, late, (await readAll(body)).endsWith('[DONE]\n\n')]
  },
  'clone()': async (fetch, url) => {
    const response = await post(fetch, url, 'stream')
    const copy = response.clone()
    return [await copy.text(), await response.text(), copy.url === response.url, copy.status]
  },
  'clone() of a clone, one of them dropped': async (fetch, url) => {
    const response = await post(fetch, url, 'stream')
    const copy = response.clone().clone()
    return [await copy.text(), response.bodyUsed]
  },
  'clone() of a used one': async (fetch, url) => {
    const response = await post(fetch, url, 'json')
    await response.text()
    return failure(() => response.clone())
  },
  'tee()': async (fetch, url) => {
    const [left, right] = (await post(fetch, url, 'stream')).body?.tee() ?? []
    return Promise.all([readAll(left ?? null), readAll(right ?? null)])
  },
  'tee() with one branch cancelled': async (fetch, url) => {
    const [left, right] = (await post(fetch, url, 'stream')).body?.tee() ?? []
    void left?.cancel('not needed')
    return readAll(right ?? null)
  },
  'pipeTo()': async (fetch, url) => {
    const chunks: Uint8Array[] = []
    const { body } = await post(fetch, url, 'stream')
    await body?.pipeTo(new WritableStream({ write: (chunk: Uint8Array) => void chunks.push(chunk) }))
    return [
      text(chunks),
      await failure(() =>
        body
          ?.getReader()
          .read()
          .then(({ done }) => done),
      ),
    ]
  },
  'pipeThrough()': async (fetch, url) => {
    const { body } = await post(fetch, url, 'stream')
    let all = ''
    for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) all += part
    await sleep(5)
    return [all, body?.locked]
  },
  'a body used twice': async (fetch, url) => {
    const response = await post(fetch, url, 'json')
    await response.text()
    return [await failure(() => response.json()), response.bodyUsed]
  },
  'a locked body': async (fetch, url) => {
    const response = await post(fetch, url, 'json')
    response.body?.getReader()
    return [
      await failure(() => response.text()),
      await failure(() => response.body?.getReader()),
      await failure(() => response.body?.cancel()),
    ]
  },
  'a response in a new Response': async (fetch, url) => {
    const response = await post(fetch, url, 'stream')
    return new Response(response.body, response).text()
  },
  'an early break': async (fetch, url) => {
    const { body } = await post(fetch, url, 'stream')
    for await (const _ of body ?? []) break
    return [body?.locked, await failure(() => readAll(body))]
  },
  'cancel()': async (fetch, url) => {
    const { body } = await post(fetch, url, 'stream')
    return [await body?.cancel('enough'), await readAll(body)]
  },
  'values({ preventCancel })': async (fetch, url) => {
    const { body } = await post(fetch, url, 'stream')
    for await (const _ of body?.values({ preventCancel: true }) ?? []) break
    return (await readAll(body)).endsWith('[DONE]\n\n')
  },
  'an abort before the answer': async (fetch, url) => {
    const controller = new AbortController()
    const waiting = failure(() => post(fetch, url, 'hang', { signal: controller.signal }))
    await sleep(20)
    controller.abort()
    return waiting
  },
  'an abort with a reason of its own': async (fetch, url) => {
    const controller = new AbortController()
    const reason = { mine: true }
    const waiting = post(fetch, url, 'hang', { signal: controller.signal }).catch((error: unknown) => error === reason)
    await sleep(20)
    controller.abort(reason)
    return waiting
  },
  'an abort in the stream': async (fetch, url) => {
    const controller = new AbortController()
    const { body } = await post(fetch, url, 'stream', { signal: controller.signal })
    const reader = body?.getReader()
    await reader?.read()
    controller.abort()
    return [
      await failure(async () => {
        for (;;) if ((await reader?.read())?.done) return
      }),
      await failure(() => reader?.closed),
    ]
  },
  'a timeout': async (fetch, url) => failure(() => post(fetch, url, 'hang', { signal: AbortSignal.timeout(20) })),
  'a refused connection': async (fetch, _url) => {
    const error = await fetch('http://127.0.0.1:9/v1/chat/completions', { method: 'POST', body: chatRequest() }).catch(
      (e: unknown) => e,
    )
    return [error instanceof TypeError, String(error), error instanceof Error && String(error.cause)]
  },
  'a broken stream': async (fetch, url) => {
    const { body } = await post(fetch, url, 'cut')
    const chunks: Uint8Array[] = []
    const error = await failure(async () => {
      for await (const chunk of body ?? []) chunks.push(chunk)
    })
    return [text(chunks), error]
  },
  'wrong arguments': async (fetch, url) => [
    await failure(() => fetch('no address', { method: 'POST', body: '{}' })),
    await failure(() => post(fetch, url, 'json', { headers: { 'bad header': 'x' } })),
    await failure(() => Reflect.apply(fetch, undefined, [])),
  ],
  'a Request': async (fetch, url) => {
    const request = new Request(`${url}${chatPath}`, {
      method: 'POST',
      headers: { 'x-mode': 'echo' },
      body: chatRequest(),
    })
    const response = await fetch(request)
    return [await response.text(), request.bodyUsed, await failure(() => request.text())]
  },
  'a body of bytes': async (fetch, url) =>
    (await post(fetch, url, 'echo', { body: new TextEncoder().encode(chatRequest({ note: 'é' })) })).text(),
  'a body that streams': async (fetch, url) => {
    const init = { body: new Blob([chatRequest()]).stream(), duplex: 'half' } as RequestInit
    return (await post(fetch, url, 'echo', init)).text()
  },
}
