import type { LlmCall } from '@inferometer/core/call'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Collector, collect, sleep } from './local-servers.cases.ts'
import { observe, withCall, wrapStream } from './observe.ts'
import { start } from './start.ts'

let collector: Collector
let handle: ReturnType<typeof start>

const options = { provider: 'in-house', model: 'model-h' }

it('observe(), withCall() and wrapStream() only pass through before start()', async () => {
  expect(observe((a: number, b: number) => a + b, options)(1, 2)).toBe(3)
  expect(withCall(options, (call) => call.setUsage({ inputTokens: 1 }))).toBeUndefined()
  const items: number[] = []
  for await (const item of wrapStream(count(3), options)) items.push(item)
  expect(items).toEqual([0, 1, 2])
})

beforeAll(async () => {
  collector = await collect()
})
afterAll(async () => {
  await handle.shutdown()
  await collector.close()
})

async function* count(to: number, fail?: Error) {
  for (let index = 0; index < to; index += 1) {
    await sleep(5)
    yield index
  }
  if (fail) throw fail
}

async function recorded(action: () => unknown): Promise<LlmCall> {
  handle ??= start({
    endpoint: collector.url,
    serviceName: 'manual',
    spoolDir: false,
    content: 'redacted',
    redact: (text) => text.replace(/river/g, '***'),
  })
  const before = collector.calls.length
  await action()
  await handle.flush()
  expect(handle.stats().internalErrors).toBe(0)
  const calls = collector.calls.slice(before)
  expect(calls).toHaveLength(1)
  return calls[0] as LlmCall
}

describe('observe()', () => {
  it('records each run of the function, and gives what it gave', async () => {
    const ask = observe(
      async function (this: { name: string }, question: string) {
        await sleep(20)
        return `${this.name}: ${question}`
      },
      {
        ...options,
        operation: 'text_completion',
        read: (answer, call) => call.setAnswer({ output: answer, id: 'a-1', finishReason: 'stop' }),
      },
    )
    const call = await recorded(async () => expect(await ask.call({ name: 'me' }, 'a river')).toBe('me: a river'))
    expect(call).toMatchObject({
      provider: 'in-house',
      requestModel: 'model-h',
      operation: 'text_completion',
      serviceName: 'manual',
      status: 'success',
      responseId: 'a-1',
      finishReason: 'stop',
      usageSource: 'missing',
      content: { input: null, output: 'me: a ***' },
    })
    expect(call.latencyMs).toBeGreaterThan(15)
  })

  it('gives the same promise and the same error', async () => {
    const failure = Object.assign(new Error('the river is dry'), { code: 'ETIMEDOUT' })
    const promise = Promise.reject(failure)
    const call = await recorded(async () => {
      const result = observe(() => promise, options)()
      expect(result).toBe(promise)
      await expect(result).rejects.toBe(failure)
    })
    expect(call).toMatchObject({
      status: 'error',
      errorType: 'timeout',
      errorCode: 'ETIMEDOUT',
      errorMessage: 'the *** is dry',
    })
    const thrown = new TypeError('no')
    const sync = await recorded(() =>
      expect(() =>
        observe(() => {
          throw thrown
        }, options)(),
      ).toThrow(thrown),
    )
    expect(sync).toMatchObject({ status: 'error', errorType: 'other' })
  })

  it('does not let a reader that throws hurt the application', async () => {
    const read = () => {
      throw new Error('mine')
    }
    expect(observe(() => 5, { ...options, read })()).toBe(5)
    expect(handle.stats().internalErrors).toBe(1)
  })
})

it('withCall() records what is set', async () => {
  await handle.shutdown()
  handle = start({ endpoint: collector.url, serviceName: 'manual', spoolDir: false })
  const call = await recorded(() =>
    withCall({ ...options, input: 'secret' }, async (call) => {
      await sleep(10)
      call.firstToken()
      await sleep(10)
      call.setUsage({ inputTokens: 5, outputTokens: 7, cacheReadTokens: 2 })
      call.setAnswer({ model: 'model-h-2', output: 'secret' })
    }),
  )
  expect(call).toMatchObject({
    inputTokens: 5,
    outputTokens: 7,
    cacheReadTokens: 2,
    reasoningTokens: null,
    usageSource: 'provider',
    responseModel: 'model-h-2',
    content: null,
  })
  expect(call.ttftMs).toBeGreaterThan(5)
  expect(call.ttftMs).toBeLessThan(call.latencyMs)
  const failed = await recorded(() => withCall(options, (call) => call.fail('rate_limit', 'secret')))
  expect(failed).toMatchObject({ status: 'error', errorType: 'rate_limit', errorMessage: null })
})

describe('wrapStream()', () => {
  it('gives the same items and records one streamed call', async () => {
    const items: number[] = []
    const read = (item: number, call: Parameters<Parameters<typeof withCall>[1]>[0]) => {
      if (item === 1) call.firstToken()
      call.setUsage({ outputTokens: item })
    }
    const call = await recorded(async () => {
      for await (const item of wrapStream(count(3), { ...options, read })) items.push(item)
    })
    expect(items).toEqual([0, 1, 2])
    expect(call).toMatchObject({ streaming: true, status: 'success', outputTokens: 2 })
    expect(call.ttftMs).toBeGreaterThan(8)
  })

  it('records an early break and an error', async () => {
    const broken = await recorded(async () => {
      for await (const _ of wrapStream(count(3), options)) break
    })
    expect(broken).toMatchObject({ status: 'cancelled', errorType: 'cancelled' })
    const failure = new Error('gone')
    const failed = await recorded(async () => {
      const run = async () => {
        for await (const _ of wrapStream(count(1, failure), options)) await sleep(1)
      }
      await expect(run()).rejects.toBe(failure)
    })
    expect(failed).toMatchObject({ status: 'error', errorType: 'other', errorMessage: null })
  })
})
