/** Streams that end otherwise than by being read to their end: broken off, or left there. */
import type { LlmCall } from '@inferometer/core/call'
import { afterEach, expect, it } from 'vitest'
import { useInstrument } from './instrument.cases.ts'
import { chatEvents, chatPath, chatRequest, type Handler, sleep } from './local-servers.cases.ts'

const modes: Record<string, Handler> = {
  cut: async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of chatEvents(['one ', 'two ']).slice(0, 3)) response.write(piece)
    await sleep(30)
    response.destroy()
  },
  'open-end': async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of chatEvents(['one ', 'two '])) response.write(piece)
  },
  'error-event': async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of chatEvents(['one ', 'two ']).slice(0, 3)) response.write(piece)
    response.write('data: {"error":{"message":"gone","type":"server_error"}}\n\n')
  },
}

const app = useInstrument(
  (request, response, body) => modes[String(request.headers['x-mode'])]?.(request, response, body),
  { serviceName: 'ends' },
)
afterEach(() => {
  expect(app.handle.stats()).toMatchObject({ internalErrors: 0, missed: 0, dropped: {} })
})

const post = (mode: string) =>
  fetch(`${app.server.url}${chatPath}`, {
    method: 'POST',
    body: chatRequest({ stream: true }),
    headers: { 'x-mode': mode },
  })

async function recorded(action: () => Promise<unknown>): Promise<LlmCall> {
  const before = app.collector.calls.length
  await action()
  await app.handle.flush()
  const calls = app.collector.calls.slice(before)
  expect(calls).toHaveLength(1)
  const [call] = calls
  if (call === undefined) throw new Error('BUG: no call')
  return call
}

it('start() records a broken stream as a connection error with what had arrived', async () => {
  const call = await recorded(async () => (await post('cut')).text().catch(() => undefined))
  expect(call).toMatchObject({ status: 'error', errorType: 'connection', httpStatus: 200, usageSource: 'estimated' })
  expect(call.ttftMs).not.toBeNull()
})

for (const [name, give] of Object.entries<(reader: ReadableStreamDefaultReader) => unknown>({
  'gives the lock back': (reader) => reader.releaseLock(),
  'cancels the stream': (reader) => reader.cancel().catch(() => undefined),
}))
  it(`start() records a broken stream as that when the application then ${name}`, async () => {
    const call = await recorded(async () => {
      const reader = (await post('cut')).body?.getReader()
      try {
        while ((await reader?.read())?.done === false);
      } catch {
        if (reader) await give(reader)
      }
    })
    expect(call).toMatchObject({ status: 'error', errorType: 'connection', httpStatus: 200 })
  })

/** As several clients do: read up to an event, then leave the stream there. */
async function readUpTo(text: string, response: Response): Promise<void> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  for (let read = ''; !read.includes(text); ) read += decoder.decode((await reader?.read())?.value, { stream: true })
}

it('start() records a stream that is left there after its last event', async () => {
  const call = await recorded(async () => readUpTo('[DONE]', await post('open-end')))
  expect(call).toMatchObject({ status: 'success', outputTokens: 2, finishReason: 'stop' })
  expect(call.attempts).toMatchObject([{ httpStatus: 200, errorType: null }])
})

it('start() records a stream that is left there after an error in it', async () => {
  const call = await recorded(async () => readUpTo('gone', await post('error-event')))
  expect(call).toMatchObject({ status: 'error', errorType: 'server', httpStatus: 200 })
})

it('start() ends a stream that is left there by itself, at the time of its last chunk', {
  timeout: 15_000,
}, async () => {
  const before = app.handle.stats().calls
  const startMs = performance.now()
  await readUpTo('[DONE]', await post('open-end'))
  const readMs = performance.now() - startMs
  for (let tries = 0; app.handle.stats().calls === before && tries < 100; tries += 1) await sleep(50)
  expect(app.handle.stats().calls).toBe(before + 1)
  const call = await recorded(async () => undefined)
  expect(call.latencyMs).toBeLessThanOrEqual(readMs)
})
