import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { findCallUrl } from './call-address.ts'
import { classifyFailure } from './failure.ts'
import { createGuard } from './guard.ts'
import { readFetchHeaders, readNodeHeaders } from './header-reader.ts'
import { createLater } from './later.ts'
import { readMarks } from './request-marks.ts'
import { findServiceName } from './service-name.ts'
import { randomSpanId, randomTraceId } from './span-ids.ts'
import { version } from './version.ts'

it('version is the one of the package', () => {
  const manifest: unknown = JSON.parse(fs.readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  expect(manifest).toMatchObject({ version })
})

it('findServiceName() takes the nearest package, else the program', () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'service-'))
  fs.mkdirSync(path.join(dir, 'src'))
  fs.writeFileSync(path.join(dir, 'package.json'), '{"name":"shop"}')
  fs.writeFileSync(path.join(dir, 'src/package.json'), '{broken')
  expect(findServiceName('src/main.js', dir)).toBe('shop')
  expect(findServiceName(undefined, dir)).toBe('shop')
  fs.rmSync(path.join(dir, 'package.json'))
  expect(findServiceName('src/main.js', dir)).toBe('main')
  fs.rmSync(dir, { recursive: true })
})

it('randomTraceId() and randomSpanId() give new ids of the right form', () => {
  const ids = Array.from({ length: 2000 }, () => [randomTraceId(), randomSpanId()])
  for (const [traceId, spanId] of ids) {
    expect(traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(spanId).toMatch(/^[0-9a-f]{16}$/)
  }
  expect(new Set(ids.flat()).size).toBe(4000)
})

it('findCallUrl() knows model calls by their address, however many others there are', () => {
  const call = 'https://api.openai.com/v1/chat/completions?x=1'
  for (let index = 0; index < 1000; index += 1) expect(findCallUrl(`https://shop.example/item/${index}`)).toBeNull()
  expect([findCallUrl(call)?.href, findCallUrl(call)?.href, findCallUrl('no address')]).toEqual([call, call, null])
})

it('createLater() works off what waits in turns, and all of it when drained', () => {
  const turns: (() => void)[] = []
  const done: number[] = []
  const later = createLater<number>({ schedule: (action) => turns.push(action), work: (item) => done.push(item) })
  for (let index = 0; index < 80; index += 1) later.add(index)
  turns.shift()?.()
  expect([done.length, turns.length]).toEqual([16, 1])
  later.drain()
  expect(done).toEqual(Array.from({ length: 80 }, (_, index) => index))
})

it('createGuard() counts what throws and reports it once', () => {
  const reports: string[] = []
  const guard = createGuard((message) => reports.push(message))
  for (const _ of [1, 2])
    guard.run(() => {
      throw new Error('mine')
    })
  guard.call(() => undefined, 1)
  expect([guard.internalErrors, reports.length, reports[0]?.includes('mine')]).toEqual([2, 1, true])
})

it('readFetchHeaders() and readNodeHeaders() read names of any case and values of any kind', () => {
  const shapes = [new Headers({ 'X-A': '1' }), [['X-A', '1']], { 'X-A': 1 }]
  for (const shape of shapes) {
    const headers = readFetchHeaders(shape)
    expect([headers.get('x-a'), headers.get('x-b'), headers.names()]).toEqual(['1', null, ['x-a']])
  }
  for (const odd of [null, 'text', 5, [null]]) expect(readFetchHeaders(odd).get('x-a')).toBeNull()
  expect(readNodeHeaders({ 'x-a': ['1', '2'] }).get('x-a')).toBe('1, 2')
})

it('readMarks() reads what clients say of their attempts', () => {
  const read = (headers: object) => readMarks(readFetchHeaders(headers))
  expect(read({ 'X-Stainless-Retry-Count': '2', 'X-Stainless-Timeout': '600' })).toMatchObject({
    retryHeader: 2,
    timeoutSeconds: 600,
    identity: null,
  })
  expect(read({ 'X-Stainless-Retry-Count': 'many' }).retryHeader).toBeNull()
  expect(read({ 'X-Stainless-Retry-Count': '0', 'X-Stainless-Timeout': '0' }).timeoutSeconds).toBe(0)
  expect(read({ 'X-Stainless-Retry-Count': '0' }).timeoutSeconds).toBeNull()
  expect(read({ 'amz-sdk-invocation-id': 'i-1' }).identity).toBe('i-1')
  expect(read({ 'Helicone-Auth': 'x', 'Helicone-Property-App': 'shop' }).tags).toEqual(['app:shop'])
})

it('classifyFailure() tells timeouts, aborts and connections apart', () => {
  const fetchFailed = (code: string) =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) })
  expect(classifyFailure(fetchFailed('ECONNREFUSED'), 'nobody')).toMatchObject({
    type: 'connection',
    code: 'ECONNREFUSED',
  })
  expect(classifyFailure(fetchFailed('UND_ERR_HEADERS_TIMEOUT'), 'nobody').type).toBe('timeout')
  expect(classifyFailure(new DOMException('x', 'TimeoutError'), 'application').type).toBe('timeout')
  const abort = new DOMException('x', 'AbortError')
  expect(
    classifyFailure(Object.assign(abort, { cause: new DOMException('x', 'TimeoutError') }), 'application').type,
  ).toBe('timeout')
  expect(classifyFailure('timeout', 'application').type).toBe('timeout')
  expect(classifyFailure('stop', 'application').type).toBe('cancelled')
  expect(classifyFailure(new DOMException('x', 'AbortError'), 'nobody')).toMatchObject({
    type: 'cancelled',
    code: null,
  })
  expect(classifyFailure({ mine: true }, 'application').type).toBe('cancelled')
  expect(classifyFailure(new DOMException('x', 'AbortError'), 'timer').type).toBe('timeout')
  expect(classifyFailure('text', 'nobody')).toEqual({ type: 'connection', code: null, message: 'text' })
})
