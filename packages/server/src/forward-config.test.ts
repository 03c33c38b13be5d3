import { describe, expect, test } from 'vitest'
import { parseConfig } from './config.ts'
import { completeEndpoint } from './forward-config.ts'

describe('forward settings', () => {
  test('parseConfig() forwards nowhere unless told, and completes what is told', () => {
    expect(parseConfig(undefined).forward).toEqual({})
    expect(parseConfig({ forward: { traces: undefined } }).forward).toEqual({})
    const forward = {
      traces: { endpoint: 'http://tempo:4318' },
      remoteWrite: { endpoint: 'https://mimir/api/v1/push' },
    }
    expect(parseConfig({ forward }).forward).toEqual({
      traces: { endpoint: 'http://tempo:4318', headers: {} },
      remoteWrite: { endpoint: 'https://mimir/api/v1/push', headers: {}, intervalMs: 15_000 },
    })
  })

  test('parseConfig() names every wrong address and header by field, and quotes no secret', () => {
    const secret = 'p'.repeat(12)
    const parse = (forward: unknown) => () => parseConfig({ forward })
    expect(parse({ traces: {} })).toThrow('forward.traces.endpoint')
    expect(parse({ trace: { endpoint: 'http://x' } })).toThrow(
      "forward.trace is not a known field (did you mean 'traces'?)",
    )
    const wrong = parse({
      logs: { endpoint: `ftp://u:${secret}@host` },
      remoteWrite: { endpoint: 'http://x', intervalMs: 1 },
    })
    expect(wrong).toThrow('forward.logs.endpoint must be a string')
    expect(wrong).toThrow('forward.remoteWrite.intervalMs must be an integer from 100')
    expect(wrong).not.toThrow(secret)
    const odd = parse({
      traces: { endpoint: `http://u:${secret}@[`, headers: { 'a b': secret } },
      logs: { endpoint: 'http://x', headers: { authorization: `${secret}\n` } },
    })
    expect(odd).toThrow('forward.traces.endpoint must be an http:// or https:// address')
    expect(odd).toThrow('forward.traces.headers.a b is no valid HTTP header')
    expect(odd).toThrow('forward.logs.headers.authorization is no valid HTTP header')
    expect(odd).not.toThrow(secret)
    expect(parse({ traces: { endpoint: 'http://x', headers: { a: 3 } } })).toThrow('forward.traces.headers')
  })
})

test.each([
  ['http://tempo:4318', 'http://tempo:4318/v1/traces'],
  ['http://tempo:4318/', 'http://tempo:4318/v1/traces'],
  ['https://u:p@host/otlp/v1/traces?x=1', 'https://u:p@host/otlp/v1/traces?x=1'],
])('completeEndpoint() of %s', (given, completed) => {
  expect(completeEndpoint(given, '/v1/traces')).toBe(completed)
})
