import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeExportResponse } from '@inferometer/core/otlp/response'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMemoryDisk, createMemoryStore, type MemoryDisk } from '../store/memory.ts'
import { makeCall, makeCalls, startUs } from '../store/sample-calls.cases.ts'
import { type Forwarder, type ForwarderOptions, openForwarder } from './forwarder.ts'
import { type LocalDestination, openDestination, readCalls, readRecords, takeAll } from './local-destination.cases.ts'

const quick = { pollMs: 10, saveMs: 20, backoff: { firstMs: 20, longestMs: 80 } }

let destination: LocalDestination
let dir: string
let disk: MemoryDisk
let store: ReturnType<typeof createMemoryStore>
let log: string[]
const counted = new Map<string, number>()
const counter = (name: string) => ({
  add: (labels: readonly string[], amount: number) => {
    const key = [name, ...labels].join(' ')
    counted.set(key, (counted.get(key) ?? 0) + amount)
  },
})
const opened: Forwarder[] = []

beforeEach(async () => {
  destination = await openDestination()
  dir = mkdtempSync(join(tmpdir(), 'forward-test-'))
  disk = createMemoryDisk()
  store = createMemoryStore(disk)
  counted.clear()
  log = []
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((forwarder) => forwarder.close(0)))
  await destination.close()
  rmSync(dir, { recursive: true, force: true })
})

async function open(options: Partial<ForwarderOptions> = {}): Promise<Forwarder> {
  const forwarder = await openForwarder({
    destinations: { traces: toTraces() },
    calls: store,
    listSamples: () => [],
    labels: [],
    dir,
    version: '1',
    counters: {
      forwarded: counter('forwarded'),
      forwardFailed: counter('failed'),
      forwardPoisoned: counter('poisoned'),
    },
    logger: pino({ level: 'info' }, { write: (line) => void log.push(line) }),
    now: Date.now,
    pacing: quick,
    ...options,
  })
  opened.push(forwarder)
  return forwarder
}

const toTraces = () => ({ endpoint: `${destination.url}/v1/traces`, headers: { 'X-Scope-OrgID': 'team' } })
const toLogs = () => ({ endpoint: `${destination.url}/otlp/v1/logs`, headers: {} })

async function waitFor(what: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!what()) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`)
    await sleep(5)
  }
}

const arrived = () => readCalls(destination.taken)
const numbers = () => arrived().map(({ spanId }) => Number.parseInt(spanId, 16))
const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index)
const problemOf = (forwarder: Forwarder) => forwarder.state()[0]?.problem

describe('openForwarder()', () => {
  it('brings every call whole and in order when the destination takes them', async () => {
    const calls = makeCalls(1, 1_200)
    await store.append(calls.slice(0, 700))
    const forwarder = await open()
    await waitFor(() => arrived().length === 700)
    await store.append(calls.slice(700))
    await waitFor(() => arrived().length === 1_200)
    expect(arrived()).toEqual(calls)
    await waitFor(() => forwarder.handedOverSeq() === 1_200)
    expect(counted.get('forwarded traces')).toBe(1_200)
    expect(forwarder.state()).toEqual([{ name: 'traces', pendingCalls: 0, lagSeconds: 0, problem: null }])
    expect(destination.requests[0]).toMatchObject({
      path: '/v1/traces',
      headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip', 'x-scope-orgid': 'team' },
    })
  })

  it('brings what was committed while the destination was away, and tells of it', async () => {
    const { port } = destination
    await destination.close()
    const nowMs = startUs / 1_000 + 61_101
    const forwarder = await open({ now: () => nowMs })
    await store.append(makeCalls(1, 3))
    await waitFor(() => (counted.get('failed traces unreachable') ?? 0) >= 3)
    expect(problemOf(forwarder)).toBe('cannot be reached (ECONNREFUSED) since 2026-11-23T00:01:01.101Z')
    // The first call began a second after startUs and took 101 ms.
    expect(forwarder.state()[0]).toMatchObject({ pendingCalls: 3, lagSeconds: 60 })
    await store.append(makeCalls(4, 1_000))
    destination = await openDestination(port)
    await waitFor(() => numbers().length === 1_003)
    expect(numbers()).toEqual(range(1, 1_003))
    await waitFor(() => forwarder.state()[0]?.pendingCalls === 0)
    expect(forwarder.state()[0]).toMatchObject({ lagSeconds: 0, problem: null })
    expect(log.filter((line) => line.includes('calls wait in the store'))).toHaveLength(1)
    expect(log.filter((line) => line.includes('forwarding goes on'))).toHaveLength(1)
  })

  it('holds up no other destination when one is away or never answers', async () => {
    const hanging = await openDestination()
    hanging.reply = () => new Promise(() => undefined)
    const forwarder = await open({
      destinations: { traces: { endpoint: hanging.url, headers: {} }, logs: toLogs() },
    })
    await store.append(makeCalls(1, 2_000))
    await waitFor(() => readRecords(destination.taken).length === 2_000)
    await waitFor(() => forwarder.state()[1]?.pendingCalls === 0)
    expect(forwarder.state()[0]).toMatchObject({ name: 'traces', pendingCalls: 2_000 })
    expect(hanging.requests).toHaveLength(1)
    const startMs = performance.now()
    await forwarder.close(100)
    expect(performance.now() - startMs).toBeLessThan(2_000)
    await hanging.close()
  })

  it('waits as long as Retry-After asks', async () => {
    destination.reply = () => ({ status: 429, headers: { 'retry-after': '1' } })
    await store.append(makeCalls(1, 2))
    await open()
    await waitFor(() => destination.requests.length === 1)
    destination.reply = takeAll
    await waitFor(() => numbers().length === 2)
    const [first, second] = destination.requests
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(950)
    expect(counted.get('failed traces http_429')).toBe(1)
  })

  it.each([301, 401, 403, 404, 408, 500, 502, 503, 504])(
    'loses nothing when the answer is %i for a while',
    async (status) => {
      destination.reply = () => ({ status })
      await store.append(makeCalls(1, 2))
      const forwarder = await open()
      await waitFor(() => destination.requests.length === 3)
      expect(problemOf(forwarder)).toContain(`answers ${status} since`)
      destination.reply = takeAll
      await waitFor(() => numbers().length === 2)
      await waitFor(() => counted.get('forwarded traces') === 2)
      expect(existsSync(join(dir, 'traces-refused.jsonl'))).toBe(false)
    },
  )

  it.each([400, 413, 422])('sets aside the calls that are refused with %i and brings all others', async (status) => {
    const bad = new Set([3, 400, 401, 900])
    destination.reply = (request) => {
      const isRefused = readCalls([request]).some(({ spanId }) => bad.has(Number.parseInt(spanId, 16)))
      return isRefused ? { status, body: 'attribute too odd' } : { status: 200 }
    }
    await store.append(makeCalls(1, 1_000))
    await open()
    await waitFor(() => numbers().length === 996)
    expect(numbers()).toEqual(range(1, 1_000).filter((number) => !bad.has(number)))
    await waitFor(() => counted.get(`poisoned traces http_${status}`) === 4)
    const refused = readFileSync(join(dir, 'traces-refused.jsonl'), 'utf8').trim().split('\n')
    expect(refused.map((line) => JSON.parse(line).seq)).toEqual([3, 400, 401, 900])
    expect(JSON.parse(refused[0] ?? '')).toMatchObject({ reason: `http_${status}`, answer: 'attribute too odd' })
    expect(log.filter((line) => line.includes('refuses calls'))).toHaveLength(1)
    expect(log.join()).not.toContain('too odd')
    expect(destination.requests.length).toBeLessThan(100)
  })

  it('sets aside a call that cannot be encoded and brings all others', async () => {
    await store.append([...makeCalls(1, 5), makeCall(6, { latencyMs: Number.NaN }), ...makeCalls(7, 3)])
    await open()
    await waitFor(() => numbers().length === 8)
    expect(numbers()).toEqual([1, 2, 3, 4, 5, 7, 8, 9])
    expect(counted.get('poisoned traces encode')).toBe(1)
  })

  it('counts what a destination says it left out of a batch, and does not send that again', async () => {
    const partial = encodeExportResponse({ rejectedCount: 2, errorMessage: 'too old' })
    destination.reply = () => ({ status: 200, body: partial })
    await store.append(makeCalls(1, 10))
    await open()
    await waitFor(() => counted.get('forwarded traces') === 8)
    await sleep(50)
    expect([destination.requests.length, counted.get('poisoned traces partial_success')]).toEqual([1, 2])
  })

  it('takes an answer for success that is no OTLP', async () => {
    destination.reply = () => ({ status: 202, body: 'thanks a lot' })
    await store.append(makeCalls(1, 10))
    await open()
    await waitFor(() => counted.get('forwarded traces') === 10)
  })
})

describe('a restart', () => {
  it('goes on where the forwarder stopped', async () => {
    await store.append(makeCalls(1, 10))
    const first = await open()
    await store.append(makeCalls(11, 10))
    await first.close(5_000)
    expect(numbers()).toEqual(range(1, 20))
    expect(readFileSync(join(dir, 'traces.json'), 'utf8')).toBe('{"seq":20}\n')
    store = createMemoryStore(disk)
    await store.append(makeCalls(21, 5))
    await open()
    await waitFor(() => numbers().length === 25)
    expect(numbers()).toEqual(range(1, 25))
  })

  it('brings every call at least once when the process died at any moment', async () => {
    await store.append(makeCalls(1, 3_000))
    let answered = 0
    destination.reply = () => ({ status: ++answered > 3 ? 503 : 200 })
    const first = await open({ pacing: { ...quick, saveMs: 0 } })
    await waitFor(() => destination.requests.length > 4)
    const cursor = readFileSync(join(dir, 'traces.json'))
    destination.reply = takeAll
    await waitFor(() => numbers().length === 3_000)
    await first.close(0)
    // As after a kill at that moment, with the next cursor half written.
    writeFileSync(join(dir, 'traces.json'), cursor)
    writeFileSync(join(dir, 'traces.json.unfinished'), '{"se')
    await open()
    await waitFor(() => numbers().length > 3_000 && numbers().at(-1) === 3_000)
    expect(new Set(numbers()).size).toBe(3_000)
    expect(numbers().length).toBeLessThan(6_000)
  })

  it('begins again when the cursor cannot be read', async () => {
    await store.append(makeCalls(1, 3))
    await (await open()).close(5_000)
    writeFileSync(join(dir, 'traces.json'), '\0\0\0\0')
    await open()
    await waitFor(() => numbers().length === 6)
  })

  it('brings new calls when the store went back behind the cursor', async () => {
    writeFileSync(join(dir, 'traces.json'), '{"seq":100}\n')
    await store.append(makeCalls(1, 3))
    await open()
    await sleep(40)
    await store.append(makeCalls(4, 3))
    await waitFor(() => numbers().length === 3)
    expect(numbers()).toEqual([4, 5, 6])
  })
})
