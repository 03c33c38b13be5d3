/** Signing in at the console over real HTTP: what the cookie is, what it opens, when it ends, and that nobody else can use it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { type RunningServer, type ServerSettings, startServer } from '@inferometer/server'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { digestKey } from '../packages/server/src/receive/keyring.ts'
import { builtConsole } from './browser/open-console.ts'
import { openStoreOf } from './harness/store-of-calls.ts'

const keyOf = (name: string) => `key-of-${name}-for-tests`
const entry = (name: string, rest = '') => `  - { name: ${name}, sha256: ${digestKey(keyOf(name))}${rest} }\n`
const own = { 'x-inferometer-console': '1', 'content-type': 'application/json' }
const ports = { apiPort: 0, metricsPort: 0, otlpHttpPort: 0, otlpGrpcPort: 0, consolePort: 0 }

let folder: string
let server: RunningServer
let nowMs: number
let log: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'inferometer-sessions-'))
  writeFileSync(
    join(folder, 'api_keys.yaml'),
    `keys:\n${entry('reader', ', may: [read]')}${entry('writer', ', may: [write]')}`,
  )
  nowMs = Date.now()
  await start()
})
afterEach(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(settings: ServerSettings = {}): Promise<void> {
  log = ''
  const out = new Writable({
    write(chunk, _encoding, done) {
      log += chunk
      done()
    },
  })
  server = await startServer(
    { configDir: folder, dataDir: join(folder, 'data'), ...ports, ...settings },
    {
      consoleDir: builtConsole,
      openStore: () => openStoreOf(join(folder, 'store'), []),
      now: () => nowMs,
      logger: pino({ level: 'debug' }, out),
    },
  )
}

const at = (path: string, base: string | null = server.addresses.console) => `${base}${path}`
const signIn = (key: string, headers: Record<string, string> = own) =>
  fetch(at('/v1/session'), { method: 'POST', headers, body: JSON.stringify({ key }) })
async function takeCookie(): Promise<string> {
  const answer = await signIn(keyOf('reader'))
  expect(answer.status).toBe(200)
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}
const statusWith = async (headers: Record<string, string>, path = '/v1/calls') =>
  (await fetch(at(path), { headers })).status
const post = async (headers: Record<string, string>) => {
  const body = JSON.stringify({ measures: ['calls'] })
  const answer = await fetch(at('/v1/query'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  return [answer.status, answer.ok ? null : (await answer.json()).error.code]
}

describe('a session of the console', { timeout: 60_000 }, () => {
  test('is a cookie that no script reads and no other site sends, and opens both ports', async () => {
    const answer = await signIn(keyOf('reader'))
    expect(answer.headers.get('set-cookie')).toMatch(
      /^inferometer-session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    )
    expect(await answer.json()).toEqual({
      asks_for_key: true,
      name: 'reader',
      expires_at: new Date(nowMs + 43_200_000).toISOString(),
    })
    const cookie = await takeCookie()
    expect(await statusWith({ cookie })).toBe(200)
    expect((await fetch(at('/v1/calls', server.addresses.api), { headers: { cookie } })).status).toBe(200)
    expect(await statusWith({})).toBe(401)
    expect(await statusWith({ cookie: `${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}` })).toBe(401)
  })

  test('behind a proxy that speaks TLS its cookie is for TLS and this host alone', async () => {
    const answer = await signIn(keyOf('reader'), { ...own, 'x-forwarded-proto': 'https' })
    const cookie = answer.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^__Host-inferometer=[\w-]{43}; Path=\/; .*; Secure$/)
    expect(await statusWith({ cookie: cookie.split(';')[0] ?? '' })).toBe(200)
  })

  test('changes nothing for a page that is not the console’s own', async () => {
    const cookie = await takeCookie()
    expect(await post({ cookie, ...own })).toEqual([200, null])
    expect(await post({ cookie, ...own, 'sec-fetch-site': 'same-origin' })).toEqual([200, null])
    expect(await post({ cookie })).toEqual([403, 'cross_site'])
    for (const site of ['cross-site', 'same-site', 'none'])
      expect(await post({ cookie, ...own, 'sec-fetch-site': site })).toEqual([403, 'cross_site'])
    expect((await signIn(keyOf('reader'), { 'content-type': 'application/json' })).status).toBe(403)
    // A key is nobody's to borrow.
    expect(await post({ 'x-api-key': keyOf('reader') })).toEqual([200, null])
  })

  test('is granted to no other origin', async () => {
    for (const base of [
      server.addresses.api,
      server.addresses.console,
      server.addresses.otlpHttp,
      server.addresses.metrics,
    ]) {
      const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
      const answer = await fetch(at('/v1/session', base), { method: 'OPTIONS', headers })
      expect(answer.ok).toBe(false)
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  test('ends by signing out, after twelve hours, and with its key', async () => {
    const cookie = await takeCookie()
    const ended = await fetch(at('/v1/session'), {
      method: 'DELETE',
      headers: { cookie, 'x-inferometer-console': '1' },
    })
    expect(ended.headers.get('set-cookie')).toContain('inferometer-session=; Path=/; Max-Age=0')
    expect(await statusWith({ cookie })).toBe(401)
    const late = await takeCookie()
    nowMs += 43_200_000 - 1
    expect(await statusWith({ cookie: late })).toBe(200)
    nowMs += 1
    expect(await statusWith({ cookie: late })).toBe(401)
    const orphan = await takeCookie()
    writeFileSync(join(folder, 'api_keys.yaml'), `keys:\n${entry('another')}`)
    await vi.waitFor(async () => expect(await statusWith({ cookie: orphan })).toBe(401), 10_000)
    expect(await (await fetch(at('/v1/session'), { headers: { cookie: orphan } })).json()).toMatchObject({ name: null })
  })

  test('of a thousand and one the oldest ends', async () => {
    const first = await takeCookie()
    const second = await takeCookie()
    for (let count = 0; count < 999; count++) await takeCookie()
    expect([await statusWith({ cookie: first }), await statusWith({ cookie: second })]).toEqual([401, 200])
  })

  test('is not for a key that may not read, nor for a wrong one; too many wrong ones wait, and who was right before does not', async () => {
    expect((await signIn(keyOf('writer'))).status).toBe(403)
    const cookie = await takeCookie()
    const statuses: number[] = []
    for (let count = 0; count < 22; count++) statuses.push((await signIn(`wrong-${count}-wrong-wrong`)).status)
    expect(statuses).toEqual([...Array<number>(20).fill(401), 429, 429])
    const refused = await fetch(at('/v1/calls'), { headers: { authorization: 'Bearer still-wrong-still-wrong' } })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3'])
    expect(await statusWith({ 'x-api-key': keyOf('reader') })).toBe(200)
    expect(await statusWith({ cookie })).toBe(200)
    nowMs += 3_000
    expect((await signIn('wrong-once-more-wrong')).status).toBe(401)
    expect((await signIn('wrong-once-more-wrong')).status).toBe(429)
  })

  test('and keys are in no line of the request log, nor is what was asked for', async () => {
    const cookie = await takeCookie()
    await statusWith({ cookie }, '/v1/calls?user_id=ana-who-asked')
    await statusWith({ authorization: `Bearer ${keyOf('reader')}` })
    await signIn('a-wrong-key-that-is-long')
    await vi.waitFor(() =>
      expect(log).toMatch(/"method":"GET","route":"\/v1\/calls","status":200,"ms":\d+,"key":"reader"/),
    )
    await vi.waitFor(() => expect(log).toMatch(/"route":"\/v1\/session","status":401/))
    for (const secret of [
      keyOf('reader'),
      cookie.split('=')[1] ?? '',
      'a-wrong-key-that-is-long',
      'ana-who-asked',
      'Bearer',
    ])
      expect(log).not.toContain(secret)
  })
})

describe('where no key was ever set', () => {
  test('a scrape key has /metrics ask for it, by basic authentication too, and opens nothing else where keys are asked for', async () => {
    await server.stop()
    rmSync(join(folder, 'api_keys.yaml'))
    const scrapeKey = keyOf('scraper')
    await start({ scrapeKey })
    const scrape = async (headers: Record<string, string>) =>
      (await fetch(`${server.addresses.metrics}/metrics`, { headers })).status
    const basic = { authorization: `Basic ${Buffer.from(`prometheus:${scrapeKey}`).toString('base64')}` }
    expect([await scrape({}), await scrape(basic), await scrape({ authorization: `Bearer ${scrapeKey}` })]).toEqual([
      401, 200, 200,
    ])
    expect(await statusWith({})).toBe(200)
    expect(await (await fetch(at('/v1/session'))).json()).toEqual({ asks_for_key: false, name: null, expires_at: null })
    await server.stop()
    await start({ scrapeKey, apiKeys: [keyOf('all')] })
    const both = { authorization: `Bearer ${scrapeKey}` }
    expect([await scrape(both), await statusWith(both)]).toEqual([200, 403])
    expect(await scrape({ authorization: `Bearer ${keyOf('all')}` })).toBe(200)
  })
})
