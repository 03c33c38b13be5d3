import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sdkScope } from '@inferometer/core/attributes'
import { createCall } from '@inferometer/core/call'
import { toTraces } from '@inferometer/core/call-span'
import { encodeTraces } from '@inferometer/core/otlp/traces'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { parseApiKeys } from './api-keys.ts'
import { createApp } from './app.ts'
import { digestKey } from './receive/keyring.ts'
import { createMemoryStore } from './store/memory.ts'
import { goodRecord } from './test-app.cases.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})
const keyOf = (name: string) => `key-of-${name}-for-tests`
const entry = (name: string, rest = '') => `  - { name: ${name}, sha256: ${digestKey(keyOf(name))}${rest} }\n`

async function openWithKeys(text: string, now = Date.now) {
  const configDir = mkdtempSync(join(tmpdir(), 'inferometer-keys-'))
  folders.push(configDir)
  const file = join(configDir, 'api_keys.yaml')
  writeFileSync(file, text)
  const app = await createApp(
    { logLevel: 'silent', configDir, host: '0.0.0.0' },
    { now, openStore: async () => createMemoryStore() },
  )
  const ask = (name: string, method: 'GET' | 'POST', url: string, payload?: object) => {
    const headers = { authorization: `Bearer ${keyOf(name)}` }
    return app.api.inject({ method, url, headers, ...(payload && { payload }) })
  }
  return { app, file, ask }
}

describe('parseApiKeys()', () => {
  test.each([
    ['keys:\n  - { name: a, sha256: short }', 2, 'keys[0].sha256', 'must'],
    [`keys:\n  - { name: a, sha256: ${'0'.repeat(64)}, may: [wirte] }`, 2, 'keys[0].may[0]', 'write, read, admin'],
    [`keys:\n  - { name: a, sha256: ${'0'.repeat(64)}, service: [b] }`, 2, 'keys[0].service', 'services'],
    [`keys:\n${entry('a')}${entry('a')}`, 3, 'keys[1].name', 'keys[0]'],
    ['keys: [', 1, '', ''],
  ])('parseApiKeys() refuses %j and says where', (text, line, path, part) => {
    const parsed = parseApiKeys(text)
    expect(parsed).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([expect.objectContaining({ line, path })]),
    })
    expect(JSON.stringify(parsed)).toContain(part)
  })

  test.each(['', '# none yet\n', 'keys:\n', 'keys: []'])('parseApiKeys() takes %j for no keys', (text) => {
    expect(parseApiKeys(text)).toEqual({ ok: true, value: [] })
  })
})

describe('API keys of a file', () => {
  test('a key opens what it may do, on every port', async () => {
    const text = `keys:\n${entry('writer', ', may: [write]')}${entry('reader', ', may: [read]')}${entry('both')}`
    const { app, ask } = await openWithKeys(text)
    const statusOf = async (...args: Parameters<typeof ask>) => (await ask(...args)).statusCode
    expect(await statusOf('writer', 'POST', '/v1/metrics/record', goodRecord)).toBe(200)
    expect(await statusOf('writer', 'GET', '/v1/calls')).toBe(403)
    expect(await statusOf('reader', 'POST', '/v1/metrics/record', goodRecord)).toBe(403)
    expect(await statusOf('reader', 'GET', '/v1/calls')).toBe(200)
    expect(await statusOf('both', 'POST', '/v1/metrics/prices/reload')).toBe(403)
    expect(await statusOf('nobody', 'GET', '/v1/calls')).toBe(401)
    const scrape = (name: string) =>
      app.metrics.inject({ url: '/metrics', headers: { authorization: `Bearer ${keyOf(name)}` } })
    expect([(await scrape('reader')).statusCode, (await scrape('writer')).statusCode]).toEqual([200, 403])
    await app.close()
  })

  test('a key records the calls of its services alone, and each refusal is counted', async () => {
    const { app, ask } = await openWithKeys(`keys:\n${entry('shop', ', services: [shop], may: [write, read]')}`)
    const foreign = await ask('shop', 'POST', '/v1/metrics/record', { ...goodRecord, service_name: 'bank' })
    expect([foreign.statusCode, foreign.json().error.problems]).toEqual([
      400,
      [{ path: 'service_name', message: '"bank" is no service that the API key "shop" may record' }],
    ])
    const span = { trace_id: '2'.repeat(32), span_id: '3'.repeat(16), name: 'chat m' }
    const times = { start_time: '2026-11-28T00:00:00Z', end_time: '2026-11-28T00:00:01Z' }
    const resource = { 'service.name': 'bank' }
    const foreignSpan = await ask('shop', 'POST', '/v1/spans', { ...span, ...times, resource })
    expect([foreignSpan.statusCode, foreignSpan.json().error.problems[0].path]).toEqual([400, 'service_name'])
    const calls = ['shop', 'bank', 'shop'].map((serviceName, index) =>
      createCall({
        serviceName,
        traceId: '1'.repeat(32),
        spanId: `${index + 1}`.repeat(16),
        operation: 'chat',
        provider: 'openai',
        startTimeUs: Date.now() * 1_000,
        latencyMs: 5,
        source: 'inferometer-sdk',
      }),
    )
    const body = encodeTraces(toTraces(calls, { name: sdkScope, version: '0.0.0', resourceAttributes: new Map() }))
    const headers = { authorization: `Bearer ${keyOf('shop')}`, 'content-type': 'application/x-protobuf' }
    const sent = await app.otlpHttp.inject({ method: 'POST', url: '/v1/traces', headers, payload: Buffer.from(body) })
    expect([sent.statusCode, sent.body]).toEqual([200, expect.stringContaining('"bank" is no service')])
    const metrics = await app.metrics.inject({ url: '/metrics', headers: { authorization: headers.authorization } })
    expect(metrics.body).toMatch(/^inferometer_rejected_total\{.*reason="service_not_allowed".*\} 1$/m)
    const listed = (await ask('shop', 'GET', '/v1/calls')).json().calls as { service_name: string }[]
    expect(listed.map(({ service_name }) => service_name)).toEqual(['shop', 'shop'])
    await app.close()
  })

  test('a key that sends too much is told when to come again, and nothing of it is recorded', async () => {
    const { app, ask } = await openWithKeys(`keys:\n${entry('fast', ', calls_per_second: 2')}`, () => 1_790_000_000_000)
    const spans = Array.from({ length: 5 }, () => ({ ...goodRecord, started_at: null }))
    expect((await ask('fast', 'POST', '/v1/metrics/record-batch', { spans })).statusCode).toBe(200)
    const refused = await ask('fast', 'POST', '/v1/metrics/record', { ...goodRecord, started_at: null })
    expect([refused.statusCode, refused.headers['retry-after'], refused.json().error.code]).toEqual([
      429,
      '2',
      'rate_limited',
    ])
    expect((await ask('fast', 'GET', '/v1/calls')).json().calls).toHaveLength(5)
    await app.close()
  })

  test('an edit of the file counts without a restart, a bad one does not, and no key left means nobody', async () => {
    const { app, file, ask } = await openWithKeys(`keys:\n${entry('old')}`)
    const statusOf = async (name: string) => (await ask(name, 'GET', '/v1/calls')).statusCode
    expect(await statusOf('old')).toBe(200)
    writeFileSync(file, `keys:\n${entry('new')}`)
    await vi.waitFor(async () => expect([await statusOf('old'), await statusOf('new')]).toEqual([401, 200]), 10_000)
    writeFileSync(file, 'keys: nonsense')
    writeFileSync(file, 'keys: []')
    await vi.waitFor(async () => expect(await statusOf('new')).toBe(401), 10_000)
    await app.close()
  })

  test('with the file there, other machines may be let in without a key of the settings', async () => {
    const { app } = await openWithKeys('')
    expect(app.config.host).toBe('0.0.0.0')
    expect((await app.api.inject('/v1/calls')).statusCode).toBe(401)
    expect((await app.api.inject('/v1/metrics/health')).statusCode).toBe(200)
    await app.close()
  })
})
