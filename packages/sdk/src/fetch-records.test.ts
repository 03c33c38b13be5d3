import type { LlmCall } from '@inferometer/core/call'
import { afterEach, expect, it } from 'vitest'
import { useInstrument } from './instrument.cases.ts'
import {
  chatAnswer,
  chatEvents,
  chatPath,
  chatRequest,
  type Handler,
  sendJson,
  sendPieces,
  sleep,
} from './local-servers.cases.ts'
import { runWithContext, setContext } from './node-functions.ts'
import { start } from './start.ts'

const modes: Record<string, Handler> = {
  json: (_, response) => sendJson(response, chatAnswer),
  'no-usage': (_, response) => sendJson(response, JSON.stringify({ ...JSON.parse(chatAnswer), usage: undefined })),
  slow: (_, response) =>
    sendPieces(response, chatEvents(['one ', 'two ', 'three']), (index) => (index === 0 ? 20 : index === 1 ? 100 : 5)),
  stalls: (_, response) =>
    sendPieces(response, chatEvents(['one ', 'two ', 'three']), (index) => (index === 2 ? 200 : 5)),
  bare: (_, response) =>
    sendPieces(response, chatEvents(['The ', 'river ', 'Mondego ', 'is long.'], { usage: false }), 3),
  long: (_, response) => sendPieces(response, chatEvents(Array.from({ length: 100 }, () => 'word ')), 5),
  refused: (_, response) =>
    sendJson(
      response,
      '{"error":{"message":"no such model for you","type":"invalid_request_error","code":"model_not_found"}}',
      404,
    ),
  moved: (_, response) => void response.writeHead(307, { location: '/elsewhere/v1/chat/completions' }).end(),
  hang: () => undefined,
  split: async (_, response) => {
    const bytes = Buffer.from(chatEvents(['é', '中', 'x']).join(''))
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const byte of bytes) response.write(Buffer.of(byte))
    response.end()
  },
}

const app = useInstrument(
  (request, response, body) => {
    const mode = request.url?.startsWith('/elsewhere') ? 'json' : String(request.headers['x-mode'])
    return modes[mode]?.(request, response, body)
  },
  {
    serviceName: 'records',
    stallThresholdMs: 120,
    retryWindowMs: 50,
  },
)
afterEach(() => {
  expect(app.handle.stats()).toMatchObject({ internalErrors: 0, missed: 0, dropped: {} })
})

const post = (mode: string, init: RequestInit & { fields?: Record<string, unknown> } = {}) =>
  fetch(`${app.server.url}${chatPath}`, {
    method: 'POST',
    body: chatRequest({ stream: true, ...init.fields }),
    ...init,
    headers: { 'x-mode': mode, ...(init.headers as Record<string, string>) },
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

it('start() records a whole answer with all that it says', async () => {
  const call = await recorded(async () => (await post('json', { fields: { stream: false, user: 'u-1' } })).json())
  expect(call).toMatchObject({
    serviceName: 'records',
    operation: 'chat',
    requestModel: 'model-a',
    responseModel: 'model-a-2026',
    responseId: 'chat-1',
    requestId: 'request-7',
    inputTokens: 12,
    outputTokens: 4,
    usageSource: 'provider',
    finishReason: 'stop',
    status: 'success',
    httpStatus: 200,
    streaming: false,
    ttftMs: null,
    stallCount: null,
    retryCount: 0,
    userId: 'u-1',
    content: null,
    source: 'inferometer-sdk',
  })
  expect(call.attempts).toHaveLength(1)
  expect(call.latencyMs).toBeGreaterThan(0)
  expect(Math.abs(call.startTimeUs / 1000 - Date.now())).toBeLessThan(5000)
})

it('start() takes the first content token, not the first chunk, as TTFT', async () => {
  const call = await recorded(async () => (await post('slow')).text())
  expect(call).toMatchObject({ streaming: true, inputTokens: 12, outputTokens: 3, stallCount: 0, finishReason: 'stop' })
  expect(call.ttftMs).toBeGreaterThanOrEqual(115)
  expect(call.ttftMs).toBeLessThan(call.latencyMs)
})

it('start() counts stalls and the time lost in them', async () => {
  const call = await recorded(async () => (await post('stalls')).text())
  expect(call.stallCount).toBe(1)
  expect(call.stallMs).toBeGreaterThan(150)
  const [stall] = call.stalls
  expect(stall?.durationMs).toBe(call.stallMs)
  expect(stall?.startMs).toBeGreaterThanOrEqual(call.ttftMs ?? Number.NaN)
  expect((stall?.startMs ?? Number.NaN) + (stall?.durationMs ?? 0)).toBeLessThanOrEqual(call.latencyMs)
})

it('start() blames no stall on the provider when the application reads slowly', async () => {
  const call = await recorded(async () => {
    const response = await post('long')
    let count = 0
    for await (const _ of response.body ?? []) if (++count === 10) await sleep(200)
  })
  expect(call.stallCount).toBe(0)
})

it('start() counts tokens itself when the provider sends none, and says so', async () => {
  const streamed = await recorded(async () => (await post('bare')).text())
  expect(streamed).toMatchObject({ usageSource: 'estimated', finishReason: 'stop', status: 'success' })
  expect(streamed.inputTokens).toBeGreaterThan(5)
  expect(streamed.outputTokens).toBeGreaterThanOrEqual(6)
  expect(streamed.outputTokens).toBeLessThanOrEqual(12)
  const whole = await recorded(async () => (await post('no-usage', { fields: { stream: false } })).text())
  expect(whole).toMatchObject({ usageSource: 'estimated' })
  expect(whole.outputTokens).toBeGreaterThan(2)
})

it('start() reads a stream that comes byte by byte', async () => {
  const call = await recorded(async () => (await post('split')).text())
  expect(call).toMatchObject({
    status: 'success',
    outputTokens: 3,
    finishReason: 'stop',
    responseModel: 'model-a-2026',
  })
})

it('start() records a refused request as an error without tokens', async () => {
  const call = await recorded(async () => (await post('refused')).text())
  expect(call).toMatchObject({
    status: 'error',
    errorType: 'invalid_request',
    errorMessage: null,
    httpStatus: 404,
    usageSource: 'missing',
    inputTokens: null,
  })
  expect(call.errorCode).not.toBeNull()
})

it('start() records an early break once, as cancelled, with what had arrived', async () => {
  const call = await recorded(async () => {
    const response = await post('long')
    let count = 0
    for await (const _ of response.body ?? []) if (++count === 5) break
  })
  expect(call).toMatchObject({ status: 'cancelled', errorType: 'cancelled', usageSource: 'estimated', httpStatus: 200 })
  expect(call.outputTokens).toBeGreaterThan(1)
  expect(call.outputTokens).toBeLessThan(50)
  expect(call.ttftMs).not.toBeNull()
})

it('start() records an abort in the middle of a stream as cancelled', async () => {
  const controller = new AbortController()
  const call = await recorded(async () => {
    const response = await post('long', { signal: controller.signal })
    setTimeout(() => controller.abort(), 50)
    await response.text().catch(() => undefined)
  })
  expect(call).toMatchObject({ status: 'cancelled', errorType: 'cancelled' })
})

it('start() records an abort before the answer as cancelled, and a timeout as an error', async () => {
  const controller = new AbortController()
  const aborted = await recorded(async () => {
    setTimeout(() => controller.abort(), 30)
    await post('hang', { signal: controller.signal }).catch(() => undefined)
  })
  expect(aborted).toMatchObject({ status: 'cancelled', httpStatus: null, usageSource: 'missing' })
  const late = await recorded(() => post('hang', { signal: AbortSignal.timeout(30) }).catch(() => undefined))
  expect(late).toMatchObject({ status: 'error', errorType: 'timeout' })
  expect(late.latencyMs).toBeGreaterThan(25)
})

it('start() takes a redirected request for one call, and not for one that it missed', async () => {
  const call = await recorded(async () => (await post('moved')).text())
  expect(call).toMatchObject({ status: 'success', inputTokens: 12 })
})

it('start() records a refused connection', async () => {
  const call = await recorded(() =>
    fetch('http://127.0.0.1:9/v1/chat/completions', { method: 'POST', body: chatRequest() }).catch(() => undefined),
  )
  expect(call).toMatchObject({ status: 'error', errorType: 'connection', httpStatus: null })
  expect(call.errorMessage).toBeNull()
})

for (const [name, read] of Object.entries<(response: Response) => Promise<unknown>>({
  'clone()': async (response) => Promise.all([response.clone().text(), response.text()]),
  'tee()': async (response) => {
    const [left, right] = response.body?.tee() ?? []
    // Settles only when both branches are cancelled.
    void left?.cancel()
    return new Response(right).text()
  },
  'pipeTo()': async (response) => response.body?.pipeTo(new WritableStream()),
  'pipeThrough()': async (response) => new Response(response.body?.pipeThrough(new TransformStream())).text(),
  'new Response()': async (response) => new Response(response.body).text(),
  'a BYOB reader': async (response) => {
    const reader = response.body?.getReader({ mode: 'byob' })
    for (;;) if ((await reader?.read(new Uint8Array(64)))?.done !== false) return
  },
  'a transferred chunk': async (response) => {
    for await (const chunk of response.body ?? []) structuredClone(chunk, { transfer: [chunk.buffer] })
  },
}))
  it(`start() sees an answer read by ${name} once and whole`, async () => {
    const call = await recorded(async () => read(await post('slow')))
    expect(call).toMatchObject({ status: 'success', inputTokens: 12, outputTokens: 3, finishReason: 'stop' })
    expect(call.ttftMs).toBeGreaterThan(100)
  })

it('start() waits for the body of an answer, and records one that is cancelled unread', async () => {
  const response = await post('long')
  expect(response.status).toBe(200)
  const before = app.handle.stats().calls
  await app.handle.flush()
  expect(app.handle.stats().calls).toBe(before)
  await response.body?.cancel()
  await app.handle.flush()
  expect(app.collector.calls.at(-1)).toMatchObject({ status: 'cancelled', usageSource: 'estimated', ttftMs: null })
})

it('start() sees the body of a Request, and of bytes', async () => {
  const headers = { 'x-mode': 'json' }
  const address = `${app.server.url}${chatPath}`
  const request = new Request(address, { method: 'POST', headers, body: chatRequest({ model: 'model-r' }) })
  expect(await recorded(async () => (await fetch(request)).text())).toMatchObject({ requestModel: 'model-r' })
  const bytes = new TextEncoder().encode(chatRequest({ model: 'model-b' }))
  const sent = async () => (await fetch(address, { method: 'POST', headers, body: bytes })).text()
  expect(await recorded(sent)).toMatchObject({ requestModel: 'model-b' })
})

it('start() reads user, session and tags from Helicone headers', async () => {
  const headers = { 'Helicone-User-Id': 'u-2', 'helicone-session-id': 's-2', 'Helicone-Property-Team': 'blue' }
  const call = await recorded(async () => (await post('json', { headers, fields: { stream: false } })).text())
  expect(call).toMatchObject({ userId: 'u-2', sessionId: 's-2', tags: ['team:blue'] })
})

it('setContext() and runWithContext() name the user of the calls in their flow only', async () => {
  const call = async (seconds: string) => {
    setContext({ tags: [seconds] })
    await sleep(5)
    return (await post('json', { fields: { stream: false } })).text()
  }
  const before = app.collector.calls.length
  await Promise.all([
    runWithContext({ userId: 'ann', sessionId: 's-a' }, () => call('a')),
    runWithContext({ userId: 'bob', sessionId: 's-b' }, () => call('b')),
  ])
  await app.handle.flush()
  const people = app.collector.calls.slice(before).map(({ userId, sessionId, tags }) => [userId, sessionId, tags[0]])
  expect(people.sort()).toEqual([
    ['ann', 's-a', 'a'],
    ['bob', 's-b', 'b'],
  ])
  expect((await recorded(async () => (await post('json')).text())).userId).toBeNull()
})

it('start() gives the same handle again', () => {
  expect(start({ serviceName: 'other' }).stats()).toEqual(app.handle.stats())
})
