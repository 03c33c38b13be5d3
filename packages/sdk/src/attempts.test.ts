import { describe, expect, it } from 'vitest'
import {
  type AttemptFacts,
  AttemptMatcher,
  type HeldCall,
  isRetryableStatus,
  readRetryAfterMs,
  retryWindowMs,
} from './attempts.ts'

const facts = (fields: Partial<AttemptFacts> = {}): AttemptFacts => ({
  method: 'POST',
  url: 'http://127.0.0.1/v1/chat/completions',
  body: '{"model":"a"}',
  identity: null,
  origin: null,
  flow: null,
  retryHeader: null,
  traceId: null,
  userId: null,
  sessionId: null,
  ...fields,
})

const flow = {}

const held = (fields: Partial<AttemptFacts> = {}, failedMs = 0): HeldCall => ({ facts: facts(fields), failedMs })

function claims(last: Partial<AttemptFacts>, next: Partial<AttemptFacts>, waitMs = 1000): boolean {
  const matcher = new AttemptMatcher<HeldCall>()
  matcher.hold(held(last), 1e6)
  return matcher.claim(facts(next), waitMs) !== null
}

describe('AttemptMatcher', () => {
  it('claim() takes the same request for a repetition, and nothing else', () => {
    expect(claims({}, {})).toBe(true)
    expect(claims({}, { body: '{"model":"b"}' })).toBe(false)
    expect(claims({}, { url: 'http://127.0.0.1/v1/other' })).toBe(false)
    expect(claims({ body: null }, { body: null })).toBe(false)
    expect(claims({ traceId: 't1' }, { traceId: 't2' })).toBe(false)
    expect(claims({ userId: 'ann' }, { userId: 'bob' })).toBe(false)
    expect(claims({ sessionId: 's1' }, {})).toBe(false)
    expect(claims({ flow }, { flow })).toBe(true)
    expect(claims({ flow }, { flow: {} })).toBe(false)
  })

  it('claim() prefers the call whose client hands over the same object again', () => {
    const [init, signal] = [{}, {}]
    for (const origin of [
      { init, signal: null },
      { init: {}, signal },
    ]) {
      const matcher = new AttemptMatcher<HeldCall>()
      const [first, second] = [held({ origin: { init: {}, signal: {} } }), held({ origin: { init, signal } })]
      matcher.hold(first, 1e6)
      matcher.hold(second, 1e6)
      expect(matcher.claim(facts({ origin }), 1)).toBe(second)
      expect(matcher.claim(facts({ origin }), 1)).toBe(first)
    }
  })

  it('claim() follows the count that the client sends', () => {
    expect(claims({ retryHeader: 0 }, { retryHeader: 1 }, 1)).toBe(true)
    expect(claims({ retryHeader: 0 }, { retryHeader: 2 })).toBe(false)
    expect(claims({ retryHeader: 1 }, { retryHeader: 1 })).toBe(false)
    expect(claims({ retryHeader: 0 }, {})).toBe(false)
    expect(claims({}, { retryHeader: 0 })).toBe(false)
  })

  it('claim() leaves a new first attempt alone while the client may still come back itself', () => {
    expect(claims({ retryHeader: 0 }, { retryHeader: 0 }, 300)).toBe(false)
    expect(claims({ retryHeader: 0 }, { retryHeader: 0 }, 900)).toBe(true)
    expect(claims({ retryHeader: 2 }, { retryHeader: 0 }, 900)).toBe(false)
  })

  it('claim() goes by an id of the client alone when there is one', () => {
    expect(claims({ identity: 'i1', traceId: 't1' }, { identity: 'i1', traceId: 't2' })).toBe(true)
    expect(claims({ identity: 'i1' }, { identity: 'i2' })).toBe(false)
    expect(claims({ identity: 'i1' }, {})).toBe(false)
  })

  it('claim() gives each held call to one request, the longest waiting first', () => {
    const matcher = new AttemptMatcher<HeldCall>()
    const [first, second] = [held(), held()]
    matcher.hold(first, 1e6)
    matcher.hold(second, 1e6)
    expect([matcher.claim(facts(), 1), matcher.claim(facts(), 1), matcher.claim(facts(), 1)]).toEqual([
      first,
      second,
      null,
    ])
  })

  it('expire() lets go of calls whose time is over', () => {
    const matcher = new AttemptMatcher<HeldCall>()
    const [early, late] = [held(), held()]
    matcher.hold(early, 100)
    matcher.hold(late, 200)
    expect(matcher.expire(150)).toEqual([early])
    expect(matcher.release()).toEqual([late])
    expect(matcher.size).toBe(0)
  })

  it('hold() keeps no more than a bounded number', () => {
    const matcher = new AttemptMatcher<HeldCall>()
    const calls = Array.from({ length: 1001 }, () => held())
    const out = calls.map((call) => matcher.hold(call, 1e6))
    expect(out.at(-1)).toBe(calls[0])
    expect(matcher.size).toBe(1000)
  })
})

it('isRetryableStatus() follows the clients and x-should-retry', () => {
  expect([408, 409, 429, 500, 503, 529].map((status) => isRetryableStatus(status, null))).not.toContain(false)
  expect([400, 401, 403, 404, 422].map((status) => isRetryableStatus(status, null))).not.toContain(true)
  expect([isRetryableStatus(400, 'true'), isRetryableStatus(429, 'false')]).toEqual([true, false])
})

it('retryWindowMs() doubles, is bounded, and covers Retry-After', () => {
  expect([1, 2, 3, 9].map((attempts) => retryWindowMs(5000, attempts, null))).toEqual([5000, 10_000, 20_000, 75_000])
  expect(retryWindowMs(5000, 1, 20_000)).toBe(25_000)
  expect(retryWindowMs(5000, 1, 1e9)).toBe(125_000)
})

it('readRetryAfterMs() reads milliseconds, seconds and dates', () => {
  const read = (headers: Record<string, string>) => readRetryAfterMs((name) => headers[name] ?? null, 1_000_000)
  expect(read({ 'retry-after-ms': '250', 'retry-after': '9' })).toBe(250)
  expect(read({ 'retry-after': '1.5' })).toBe(1500)
  expect(read({ 'retry-after': new Date(1_030_000).toUTCString() })).toBe(30_000)
  expect([read({}), read({ 'retry-after': 'soon' }), read({ 'retry-after': '' })]).toEqual([null, null, null])
})
