import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createCall, type LlmCall } from '@inferometer/core/call'
import { toTraces } from '@inferometer/core/call-span'
import { encodeTraces } from '@inferometer/core/otlp/traces'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { resolveConfig } from '../config.ts'
import { type Collector, collect, sleep } from '../local-servers.cases.ts'
import { Exporter, type ExporterOptions } from './exporter.ts'
import { createFetchTransport } from './fetch-transport.ts'
import { createNodeTransport, type NodeTransport } from './node-transport.ts'
import { CallQueue } from './queue.ts'
import { backoffMs, judgeStatus } from './retry.ts'
import { openSpool } from './spool.ts'

const sender = { name: 'test', version: '0', resourceAttributes: new Map() }
const encode = (calls: readonly LlmCall[]) => encodeTraces(toTraces(calls, sender))

function makeCall(index: number, content: string | null = null): LlmCall {
  return createCall({
    traceId: '0123456789abcdef0123456789abcdef',
    spanId: String(index).padStart(16, '1'),
    serviceName: 'test',
    operation: 'chat',
    provider: 'p',
    startTimeUs: 1_700_000_000_000_000,
    latencyMs: 5,
    source: 'test',
    userId: `u-${index}`,
    content: content === null ? null : { input: null, output: content },
  })
}

let collector: Collector
let transport: NodeTransport
let dir: string
const dropped = new Map<string, number>()
const onDrop = (reason: string, calls: number) => void dropped.set(reason, (dropped.get(reason) ?? 0) + calls)

beforeEach(async () => {
  collector = await collect()
  transport = createNodeTransport(resolveConfig({ endpoint: collector.url }, {}, 'test'))
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'spool-test-'))
  dropped.clear()
})
afterEach(async () => {
  transport.close()
  await collector.close()
  fs.rmSync(dir, { recursive: true, force: true })
})

function open(maxBytes = 1e7) {
  const spool = openSpool({ dir, maxBytes, onDrop })
  if ('problem' in spool) throw new Error(spool.problem)
  return spool
}

function createExporter(options: Partial<ExporterOptions> = {}): Exporter {
  return new Exporter({
    transport: transport.send,
    spool: null,
    encode,
    clock: systemClock,
    run: (action) => action(),
    onDrop,
    queueCalls: 10_000,
    queueBytes: 1e6,
    flushIntervalMs: 20,
    ...options,
  })
}

const users = () => collector.calls.map(({ userId }) => userId)
const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `u-${from + index}`)

describe('Exporter', () => {
  it('sends calls by itself soon after they ended, in batches', async () => {
    const exporter = createExporter()
    for (let index = 0; index < 1200; index += 1) exporter.record(makeCall(index))
    await collector.waitFor(1200)
    expect(users()).toEqual(numbered(0, 1200))
    expect(collector.requests.length).toBeLessThanOrEqual(4)
    expect(collector.requests[0]).toMatchObject({ 'content-type': 'application/x-protobuf' })
    await sleep(20)
    expect([exporter.exportedCalls, exporter.queuedCalls]).toEqual([1200, 0])
  })

  it('keeps calls on disk while the server is away and brings them in order when it is back', async () => {
    const { port } = collector
    await collector.close()
    const exporter = createExporter({ spool: open() })
    for (let index = 0; index < 3; index += 1) {
      exporter.record(makeCall(index))
      await exporter.flush()
    }
    expect([exporter.spooledCalls, exporter.queuedCalls]).toEqual([3, 0])
    expect(fs.readdirSync(dir)).toHaveLength(3)
    collector = await collect(port)
    exporter.record(makeCall(3))
    await collector.waitFor(4)
    expect(users()).toEqual(numbered(0, 4))
    await sleep(20)
    expect(fs.readdirSync(dir)).toEqual([])
    expect(dropped.size).toBe(0)
  })

  it('brings what an earlier process left, past torn files', async () => {
    const first = open()
    const write = (index: number) => expect(first.write({ body: encode([makeCall(index)]), calls: 1 })).toBe(true)
    for (const index of [0, 1, 2]) write(index)
    const [, torn] = fs.readdirSync(dir).sort()
    fs.truncateSync(path.join(dir, torn ?? ''), 30)
    fs.writeFileSync(path.join(dir, '000000000000001-000001-999999-7.tmp'), 'half')
    const exporter = createExporter({ spool: open() })
    exporter.start()
    await collector.waitFor(2)
    await sleep(30)
    expect(users()).toEqual(['u-0', 'u-2'])
    expect(Object.fromEntries(dropped)).toEqual({ spool_torn: 8 })
    expect(fs.readdirSync(dir)).toEqual([])
  })

  it('takes no file that another process has, but those of dead ones', async () => {
    const spool = open()
    spool.write({ body: encode([makeCall(0)]), calls: 1 })
    spool.write({ body: encode([makeCall(1)]), calls: 1 })
    const claimed = spool.claim()
    expect(claimed?.calls).toBe(1)
    const other = open()
    expect(other.waitingCalls).toBe(1)
    expect(other.claim()).not.toBeNull()
    expect(other.claim()).toBeNull()
    const [mine] = fs.readdirSync(dir).sort()
    fs.renameSync(path.join(dir, mine ?? ''), path.join(dir, (mine ?? '').replace(`.${process.pid}.`, '.999999.')))
    expect(open().waitingCalls).toBe(1)
  })

  it('keeps the spool within its bounds, the oldest go first', async () => {
    const size = encode([makeCall(0)]).byteLength + 12
    const spool = open(size * 3)
    for (let index = 0; index < 5; index += 1) spool.write({ body: encode([makeCall(index)]), calls: 1 })
    expect([spool.waitingCalls, dropped.get('spool_full')]).toEqual([3, 2])
    const exporter = createExporter({ spool })
    await exporter.flush()
    expect(users()).toEqual(['u-2', 'u-3', 'u-4'])
  })

  it('drops what the server refuses, and says why', async () => {
    collector.answer = { status: 400 }
    const exporter = createExporter({ spool: open() })
    exporter.record(makeCall(0))
    await exporter.flush()
    expect(Object.fromEntries(dropped)).toEqual({ http_400: 1 })
    expect([exporter.spooledCalls, exporter.exportedCalls]).toEqual([0, 0])
  })

  it('waits as long as Retry-After asks', async () => {
    collector.answer = { status: 503, headers: { 'retry-after': '1' } }
    const exporter = createExporter({ spool: open() })
    exporter.record(makeCall(0))
    await exporter.flush()
    collector.answer = { status: 200 }
    const asked = collector.requests.length
    await sleep(700)
    expect(collector.requests.length).toBe(asked)
    await collector.waitFor(1)
    expect(users()).toEqual(['u-0'])
  })

  it('gives up on a batch that makes the server fail again and again', async () => {
    collector.answer = { status: 500 }
    const exporter = createExporter({ spool: open() })
    exporter.record(makeCall(0))
    for (let turn = 0; turn < 6; turn += 1) await exporter.flush()
    expect(Object.fromEntries(dropped)).toEqual({ http_500: 1 })
  })

  it('counts what does not fit into the queue, by calls and by bytes', () => {
    const exporter = createExporter({ queueCalls: 2, flushIntervalMs: 1e6 })
    for (let index = 0; index < 5; index += 1) exporter.record(makeCall(index))
    expect([exporter.queuedCalls, dropped.get('queue_full')]).toEqual([2, 3])
    const queue = new CallQueue(10, 100)
    expect([queue.push(makeCall(0, 'x'.repeat(40))), queue.push(makeCall(1, 'x'.repeat(40)))]).toEqual([true, false])
    queue.take(1)
    expect(queue.push(makeCall(1, 'x'.repeat(40)))).toBe(true)
  })

  it('keeps calls in memory when there is no server and no spool, and counts them as lost at the end', async () => {
    const { port } = collector
    await collector.close()
    const exporter = createExporter()
    for (const index of [0, 1]) exporter.record(makeCall(index))
    await exporter.flush()
    expect([exporter.queuedCalls, dropped.size]).toEqual([2, 0])
    collector = await collect(port)
    exporter.record(makeCall(2))
    await collector.waitFor(3)
    expect(users()).toEqual(numbered(0, 3))
    collector.answer = { status: 503 }
    exporter.record(makeCall(3))
    await exporter.flush()
    exporter.spillNow()
    expect(Object.fromEntries(dropped)).toEqual({ unreachable: 1 })
  })

  it('spillNow() leaves nothing behind in memory, not even what is under way', async () => {
    const exporter = createExporter({ spool: open(), transport: () => new Promise(() => undefined) })
    exporter.record(makeCall(0))
    void exporter.flush()
    await sleep(1)
    exporter.record(makeCall(1))
    exporter.spillNow()
    expect(exporter.queuedCalls).toBe(0)
    expect(open().waitingCalls).toBe(2)
  })
})

it('openSpool() says why a folder cannot be used', () => {
  const file = path.join(dir, 'file')
  fs.writeFileSync(file, '')
  expect(openSpool({ dir: path.join(file, 'x'), maxBytes: 1, onDrop })).toMatchObject({ problem: expect.any(String) })
})

it('createFetchTransport() sends the same, packed when asked', async () => {
  const config = resolveConfig(
    { endpoint: collector.url, gzip: true, apiKey: 'k'.repeat(3), headers: { 'X-A': 'b' } },
    {},
    'test',
  )
  expect(await createFetchTransport(fetch, config)(encode([makeCall(7)]))).toEqual({ kind: 'ok' })
  expect(users()).toEqual(['u-7'])
  expect(collector.requests[0]).toMatchObject({ 'content-encoding': 'gzip', authorization: 'Bearer kkk', 'x-a': 'b' })
  const packed = createNodeTransport(config)
  expect(await packed.send(encode([makeCall(8)]))).toEqual({ kind: 'ok' })
  expect(users()).toEqual(['u-7', 'u-8'])
  packed.close()
  await collector.close()
  expect(await createFetchTransport(fetch, config)(encode([]))).toMatchObject({ kind: 'retry', reason: 'unreachable' })
})

it('judgeStatus() repeats what may pass and drops what never will', () => {
  expect([200, 202, 204].map((status) => judgeStatus(status, null).kind)).toEqual(['ok', 'ok', 'ok'])
  expect([429, 502, 503, 504].map((status) => judgeStatus(status, 5))).toMatchObject(
    Array(4).fill({ kind: 'retry', retryAfterMs: 5 }),
  )
  expect([400, 401, 404, 413].map((status) => judgeStatus(status, null).kind)).toEqual(Array(4).fill('drop'))
})

it('backoffMs() grows, is jittered and bounded, and obeys Retry-After', () => {
  expect([1, 2, 3, 40].map((failures) => backoffMs(failures, null, () => 1))).toEqual([500, 1000, 2000, 30_000])
  expect(backoffMs(1, null, () => 0)).toBe(250)
  expect(backoffMs(1, 60_000, () => 0)).toBe(60_000)
})

it('Exporter takes a million finished calls a second', () => {
  const exporter = createExporter({ queueCalls: 300_000, flushIntervalMs: 1e6 })
  const call = makeCall(0)
  const startMs = performance.now()
  for (let index = 0; index < 200_000; index += 1) exporter.record(call)
  const perSecond = 200_000 / ((performance.now() - startMs) / 1000)
  expect(exporter.queuedCalls).toBe(200_000)
  console.log(`handing a call to the queue: ${Math.round(perSecond).toLocaleString('en')} a second`)
  expect(perSecond).toBeGreaterThan(1_000_000)
})
