/** What the real clients do without telling: each hidden retry has to become an attempt of one call. */
import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import type { LlmCall } from '@inferometer/core/call'
import { ChatOpenAI } from '@langchain/openai'
import { generateText, streamText } from 'ai'
import OpenAI from 'openai'
import OpenAI7 from 'openai-v7'
import { beforeEach, expect, it } from 'vitest'
import { useInstrument } from './instrument.cases.ts'
import { chatAnswer, chatEvents, sendJson, sendPieces, sleep } from './local-servers.cases.ts'
import { runWithContext } from './node-functions.ts'

type Plan = 'ok' | 'hang' | 'reset' | number

let plan: Plan[] = []
let requests = 0
let retryHeaders: Record<string, string> = {}

const anthropicAnswer = JSON.stringify({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'model-c',
  content: [{ type: 'text', text: 'The Mondego.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 12, output_tokens: 4 },
})
const geminiAnswer = JSON.stringify({
  candidates: [{ content: { role: 'model', parts: [{ text: 'The Mondego.' }] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 4, totalTokenCount: 16 },
  modelVersion: 'model-g',
})

const app = useInstrument(
  async (request, response, body) => {
    requests += 1
    const step = plan.shift() ?? 'ok'
    if (step === 'hang') return
    if (step === 'reset') return void response.destroy()
    if (typeof step === 'number')
      return sendJson(response, '{"error":{"message":"later","type":"x"}}', step, retryHeaders)
    if (request.url?.includes('messages')) return sendJson(response, anthropicAnswer)
    if (request.url?.includes('generateContent')) return sendJson(response, geminiAnswer)
    if (body.includes('"stream":true')) return sendPieces(response, chatEvents(['The ', 'Mondego.']))
    sendJson(response, chatAnswer)
  },
  { serviceName: 'retries' },
)
beforeEach(() => {
  plan = []
  requests = 0
  retryHeaders = { 'retry-after-ms': '20', 'retry-after': '0.02' }
})

async function recorded(action: () => Promise<unknown>): Promise<LlmCall[]> {
  const before = app.collector.calls.length
  await action()
  await app.handle.flush()
  expect(app.handle.stats().internalErrors).toBe(0)
  return app.collector.calls.slice(before)
}

const messages = [{ role: 'user' as const, content: 'Name a river.' }]
const openai = (options = {}) => new OpenAI({ apiKey: 'none', baseURL: `${app.server.url}/v1`, ...options })
const chat = (client: OpenAI) => client.chat.completions.create({ model: 'model-a', messages })

const clients: Record<string, () => Promise<unknown>> = {
  openai: () => chat(openai()),
  'openai v7': () =>
    new OpenAI7({ apiKey: 'none', baseURL: `${app.server.url}/v1` }).chat.completions.create({
      model: 'model-a',
      messages,
    }),
  'openai stream': async () => {
    const stream = await openai().chat.completions.create({ model: 'model-a', messages, stream: true })
    for await (const chunk of stream) expect(chunk.id).toBe('chat-2')
  },
  '@anthropic-ai/sdk': () =>
    new Anthropic({ apiKey: 'none', baseURL: app.server.url }).messages.create({
      model: 'model-c',
      max_tokens: 9,
      messages,
    }),
  'ai generateText': () =>
    generateText({
      model: createOpenAI({ apiKey: 'none', baseURL: `${app.server.url}/v1` }).chat('model-a'),
      prompt: 'Name a river.',
    }),
  'ai streamText': async () => {
    const model = createOpenAI({ apiKey: 'none', baseURL: `${app.server.url}/v1` }).chat('model-a')
    for await (const part of streamText({ model, prompt: 'Name a river.' }).textStream)
      expect(part.length).toBeGreaterThan(0)
  },
  '@google/genai': () =>
    new GoogleGenAI({
      apiKey: 'none',
      httpOptions: { baseUrl: app.server.url, retryOptions: { attempts: 3 } },
    }).models.generateContent({
      model: 'model-g',
      contents: 'Name a river.',
    }),
  '@langchain/openai': () =>
    new ChatOpenAI({ model: 'model-a', apiKey: 'none', configuration: { baseURL: `${app.server.url}/v1` } }).invoke(
      'Name a river.',
    ),
}

for (const [name, call] of Object.entries(clients))
  it(`start() makes the hidden retries of ${name} attempts of one call`, { timeout: 15_000 }, async () => {
    plan = name === '@langchain/openai' || name === '@google/genai' ? [503] : [429, 503]
    const failures = plan.length
    const calls = await recorded(call)
    expect(requests).toBe(failures + 1)
    expect(calls).toHaveLength(1)
    const [only] = calls
    expect(only).toMatchObject({ status: 'success', httpStatus: 200, retryCount: failures, inputTokens: 12 })
    const attempts = only?.attempts ?? []
    expect(attempts.map(({ httpStatus }) => httpStatus)).toEqual(failures === 2 ? [429, 503, 200] : [503, 200])
    expect(attempts.map(({ errorType }) => errorType)).toEqual(
      failures === 2 ? ['rate_limit', 'overloaded', null] : ['overloaded', null],
    )
    expect(attempts[0]).toMatchObject({ startMs: 0, waitMs: 0 })
    const last = attempts.at(-1)
    expect(last?.waitMs).toBeGreaterThan(10)
    expect(only?.latencyMs).toBeCloseTo((last?.startMs ?? 0) + (last?.durationMs ?? 0), 3)
  })

it('start() records a call whose retries are used up as one error', async () => {
  plan = [500, 500, 500]
  const calls = await recorded(() => chat(openai()).catch(() => undefined))
  expect(calls).toHaveLength(1)
  expect(calls[0]).toMatchObject({ status: 'error', errorType: 'server', httpStatus: 500, retryCount: 2 })
})

it('start() sees retries after timeouts and broken connections', { timeout: 15_000 }, async () => {
  plan = ['hang', 'reset']
  const calls = await recorded(() => chat(openai({ timeout: 200 })))
  expect(calls).toHaveLength(1)
  expect(calls[0]).toMatchObject({ status: 'success', retryCount: 2 })
  expect(calls[0]?.attempts.map(({ errorType }) => errorType)).toEqual(['timeout', 'connection', null])
  expect(calls[0]?.attempts.map(({ httpStatus }) => httpStatus)).toEqual([null, null, 200])
})

it('start() records a call that only timed out as a timeout', { timeout: 15_000 }, async () => {
  plan = ['hang', 'hang']
  const calls = await recorded(() => chat(openai({ timeout: 200, maxRetries: 1 })).catch(() => undefined))
  expect(calls).toHaveLength(1)
  expect(calls[0]).toMatchObject({ status: 'error', errorType: 'timeout', retryCount: 1 })
})

it('start() records a timeout of less than a second as one, without a retry to show it', async () => {
  plan = ['hang']
  const options = { timeout: 200, maxRetries: 0 }
  const calls = await recorded(() =>
    openai()
      .chat.completions.create({ model: 'model-a', messages }, options)
      .catch(() => undefined),
  )
  expect(calls).toHaveLength(1)
  expect(calls[0]).toMatchObject({ status: 'error', errorType: 'timeout', retryCount: 0 })
})

it('start() tells a timeout of the whole client from an abort, without a retry or a header to show it', {
  timeout: 15_000,
}, async () => {
  plan = ['hang', 'hang', 'hang']
  const ask = (model: string, options: object, signal: AbortSignal | null = null) =>
    openai({ maxRetries: 0, ...options })
      .chat.completions.create({ model, messages }, { signal })
      .catch(() => undefined)
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 2500)
  const calls = await recorded(() =>
    Promise.all([
      ask('its-timer', { timeout: 2500 }),
      ask('passed-on', {}, AbortSignal.timeout(2500)),
      ask('by-hand', {}, controller.signal),
    ]),
  )
  expect(calls.map(({ requestModel, status, errorType }) => [requestModel, status, errorType]).sort()).toEqual([
    ['by-hand', 'cancelled', 'cancelled'],
    ['its-timer', 'error', 'timeout'],
    ['passed-on', 'error', 'timeout'],
  ])
})

it('start() does not take an identical call of another flow for the retry of a client that does not count', async () => {
  plan = [503, 'ok', 'ok']
  const ask = (url: string) => fetch(url, { method: 'POST', body: JSON.stringify({ model: 'model-a', messages }) })
  const calls = await recorded(async () => {
    const url = `${app.server.url}/v1/chat/completions`
    let failed: () => void = () => undefined
    const failure = new Promise<void>((resolve) => {
      failed = resolve
    })
    const retrying = runWithContext({ tags: ['first'] }, async () => {
      await (await ask(url)).text()
      failed()
      await sleep(200)
      await (await ask(url)).text()
    })
    await failure
    await runWithContext({ tags: ['second'] }, async () => (await ask(url)).text())
    await retrying
  })
  expect(calls.map(({ tags, retryCount }) => [tags[0], retryCount]).sort()).toEqual([
    ['first', 1],
    ['second', 0],
  ])
})

it('start() does not call an abort by the application a timeout', async () => {
  plan = ['hang']
  const controller = new AbortController()
  const calls = await recorded(async () => {
    setTimeout(() => controller.abort(), 50)
    await openai()
      .chat.completions.create({ model: 'model-a', messages }, { signal: controller.signal })
      .catch(() => undefined)
  })
  expect(calls).toHaveLength(1)
  expect(calls[0]).toMatchObject({ status: 'cancelled', errorType: 'cancelled', retryCount: 0 })
})

it('start() keeps identical calls at the same time apart', { timeout: 15_000 }, async () => {
  plan = Array.from({ length: 8 }, () => 429)
  const calls = await recorded(() => Promise.all(Array.from({ length: 8 }, () => chat(openai()))))
  expect(requests).toBe(16)
  expect(calls).toHaveLength(8)
  // Who is refused is up to the order of arrival; that nothing is lost or counted twice is not.
  for (const { attempts, retryCount, status } of calls) {
    expect([status, attempts.length]).toEqual(['success', retryCount + 1])
    expect(attempts.map(({ httpStatus }) => httpStatus)).toEqual([
      ...Array.from({ length: retryCount }, () => 429),
      200,
    ])
  }
  expect(calls.reduce((sum, { retryCount }) => sum + retryCount, 0)).toBe(8)
})

it('start() does not take a new identical call for the retry of one that waits', { timeout: 15_000 }, async () => {
  retryHeaders = { 'retry-after-ms': '400' }
  plan = [429, 'ok']
  const calls = await recorded(async () => {
    const waiting = chat(openai())
    await sleep(100)
    await chat(openai())
    await waiting
  })
  expect(calls.map(({ retryCount }) => retryCount).sort()).toEqual([0, 1])
  expect(calls.find(({ retryCount }) => retryCount === 0)?.latencyMs).toBeLessThan(300)
})

it('start() takes the same request after a success, or after an error nobody retries, for a new call', async () => {
  plan = ['ok', 'ok', 400, 'ok']
  const client = openai()
  const calls = await recorded(async () => {
    for (let turn = 0; turn < 4; turn += 1) await chat(client).catch(() => undefined)
  })
  expect(calls.map(({ status, retryCount }) => [status, retryCount])).toEqual([
    ['success', 0],
    ['success', 0],
    ['error', 0],
    ['success', 0],
  ])
})

it('start() obeys x-should-retry', async () => {
  retryHeaders = { 'x-should-retry': 'false' }
  plan = [429]
  const before = app.handle.stats().calls
  await chat(openai()).catch(() => undefined)
  await sleep(20)
  expect(app.handle.stats()).toMatchObject({ calls: before + 1, held: 0 })
})

it('start() ends a call that waits for a retry when its time is over', { timeout: 15_000 }, async () => {
  plan = [503]
  const before = app.handle.stats().calls
  await chat(openai({ maxRetries: 0 })).catch(() => undefined)
  await sleep(20)
  expect(app.handle.stats()).toMatchObject({ calls: before, held: 1 })
  for (let tries = 0; app.handle.stats().held > 0 && tries < 100; tries += 1) await sleep(100)
  expect(app.handle.stats()).toMatchObject({ calls: before + 1, held: 0 })
})
