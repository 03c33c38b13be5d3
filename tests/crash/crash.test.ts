/**
 * Kills the server under load, again and again, and then asks every place that counts: what was answered with 200 is
 * there once. CRASH_KILLS sets how often; `npm run test:crash` kills a hundred times.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseMetrics, sumSamples } from '../harness/metrics-text.ts'
import { hasPrometheus, type Prometheus, startPrometheus } from '../harness/prometheus.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { type Destination, openDestination } from './destination.ts'
import { type Senders, startSenders } from './senders.ts'
import { createVictim, type Victim } from './victim.ts'

const kills = Number(process.env.CRASH_KILLS ?? 10)
/** From ready to the kill, at random up to this. */
const lifeMsAtMost = 800
/** So many kills fall into a start, while the store is opened and what the kill before left is counted. */
const shareAtStart = 0.2
const secondsPerKill = 15

interface Recorded {
  readonly trace_id: string
  readonly span_id: string
  readonly cost_usd_micro: number
  readonly prompt_tokens: number
}

const dataDir = mkdtempSync(join(tmpdir(), 'inferometer-crash-'))
let destination: Destination
let victim: Victim
let prometheus: Prometheus | null = null
let senders: Senders
let recorded: Recorded[]
const startMs: number[] = []

beforeAll(
  async () => {
    destination = await openDestination()
    victim = await createVictim(dataDir, destination.url)
    startMs.push(await victim.start())
    if (hasPrometheus()) prometheus = await startPrometheus(victim.metrics)
    else console.log('left out: Prometheus is not installed, so nothing scrapes across the kills')
    senders = await startSenders(victim)
    await prometheus?.scraped()
    let untilKillMs = lifeMsAtMost
    for (let kill = 1; kill <= kills; kill++) {
      await sleep(Math.random() * untilKillMs)
      await victim.kill()
      const starting = victim.start()
      const isCutShort = kill < kills && Math.random() < shareAtStart
      untilKillMs = isCutShort ? (startMs[0] ?? 0) : lifeMsAtMost
      if (isCutShort) starting.catch(() => undefined)
      else startMs.push(await starting)
    }
    await senders.stop()
    await prometheus?.scraped()
    recorded = await listCalls(victim.api)
    await waitUntil('everything was forwarded', async () => (await countPending()) === 0, 60_000 + kills * 1_000)
  },
  30_000 + kills * secondsPerKill * 1_000,
)
afterAll(async () => {
  await prometheus?.stop()
  await victim?.stop()
  await destination?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** Calls that a destination has not taken yet. */
async function countPending(): Promise<number> {
  const { forward } = await (await fetch(`${victim.api}/v1/metrics/health`)).json()
  const pending: number[] = forward.destinations.map((each: { pending_calls: number }) => each.pending_calls)
  return pending.reduce((sum, one) => sum + one, 0)
}

async function listCalls(api: string): Promise<Recorded[]> {
  const calls: Recorded[] = []
  for (let cursor = ''; ; ) {
    const answer = await (await fetch(`${api}/v1/calls?limit=1000${cursor}`)).json()
    calls.push(...answer.calls)
    if (answer.next_cursor === null) return calls
    cursor = `&cursor=${answer.next_cursor}`
  }
}

/** Whole nano-dollars, so that sums are exact. */
const toNanoUsd = (costUsdMicro: number): bigint => BigInt(Math.round(costUsdMicro * 1_000))
const sumOf = <T>(items: Iterable<T>, read: (item: T) => bigint): bigint => {
  let sum = 0n
  for (const item of items) sum += read(item)
  return sum
}
const ledgerNanoUsd = () => sumOf(recorded, (call) => toNanoUsd(call.cost_usd_micro))

test('every call that was answered with 200 is in the store exactly once, and nothing that was not sent', () => {
  const acknowledged = [...senders.sent].filter(([, { isAcknowledged }]) => isAcknowledged)
  const ids = new Set(recorded.map((call) => call.trace_id + call.span_id))
  const sorted = startMs.toSorted((one, other) => one - other)
  console.log(
    `${kills} kills: ${acknowledged.length} calls answered, ${recorded.length} recorded, ${senders.retries()} retries, ` +
      `${senders.abandoned()} batches given up; ready after ${Math.round(sorted[sorted.length >> 1] ?? 0)} ms (median)`,
  )
  expect(acknowledged.length).toBeGreaterThan(kills * 20)
  expect(senders.retries()).toBeGreaterThan(0)
  expect(ids.size).toBe(recorded.length)
  expect(acknowledged.filter(([id]) => !ids.has(id))).toEqual([])
  for (const call of recorded) {
    const sent = senders.sent.get(call.trace_id + call.span_id)
    expect([sent?.costNanoUsd, sent?.promptTokens]).toEqual([
      Number(toNanoUsd(call.cost_usd_micro)),
      call.prompt_tokens,
    ])
  }
})

test('every recorded call is in the metrics exactly once', async () => {
  const samples = parseMetrics(await (await fetch(`${victim.metrics}/metrics`)).text())
  expect(sumSamples(samples, 'llm_spans_total', {})).toBe(recorded.length)
  expect(sumSamples(samples, 'llm_latency_ms_total_count', {})).toBe(recorded.length)
  expect(BigInt(sumSamples(samples, 'llm_tokens_total', { token_type: 'prompt' }))).toBe(
    sumOf(recorded, (call) => BigInt(call.prompt_tokens)),
  )
  expect(toNanoUsd(sumSamples(samples, 'llm_cost_usd_micro_total', {}))).toBe(ledgerNanoUsd())
  const body = JSON.stringify({ measures: ['calls', 'cost_usd_micro'] })
  const headers = { 'content-type': 'application/json' }
  const { rows } = await (await fetch(`${victim.api}/v1/query`, { method: 'POST', headers, body })).json()
  expect(rows[0][0]).toBe(recorded.length)
  expect(toNanoUsd(rows[0][1])).toBe(ledgerNanoUsd())
})

test('every recorded call was forwarded at least once as a trace and as a log, and nothing else was', () => {
  const ids = new Set(recorded.map((call) => call.trace_id + call.span_id))
  for (const taken of [destination.traces, destination.logs]) {
    expect([...ids].filter((id) => !taken.has(id))).toEqual([])
    expect([...taken.keys()].filter((id) => !ids.has(id))).toEqual([])
  }
  const again = [...destination.traces.values()].filter((times) => times > 1).length
  console.log(`forwarded: ${destination.traces.size} calls, ${again} of them more than once`)
})

/**
 * `increase(x[range])` is last − first (+ what resets hid), stretched to the edges of the range where samples do not
 * reach them. Asked at the last sample for a range that ends at the first, it stretches nothing, so it must be exact.
 * What it cannot see is the value a series begins with: that is the first sample.
 */
test('the increase that Prometheus saw across the kills is the ledger, to the micro-dollar', async (context) => {
  if (prometheus === null) return context.skip('Prometheus is not installed')
  const metric = 'llm_cost_usd_micro_total{job="text"}'
  expect(await prometheus.query(`max(resets(${metric}[1d]))`)).toBe(0)
  expect(await prometheus.query(`max(resets(llm_spans_total[1d]))`)).toBe(0)
  const found = await prometheus.ask(`${metric}[1d]`)
  expect(found.length).toBeGreaterThan(0)
  let increase = 0
  let atFirst = 0
  for (const { metric: labels, values } of found) {
    const [firstAt, first] = values[0] ?? [0, '0']
    const [lastAt] = values.at(-1) ?? [0]
    const selector = Object.entries(labels).filter(([name]) => name !== '__name__')
    const one = `llm_cost_usd_micro_total{${selector.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}}`
    const rangeMs = Math.round((lastAt - firstAt) * 1_000)
    increase += await prometheus.query(`increase(${one}[${rangeMs}ms] @ ${lastAt})`)
    atFirst += Number(first)
  }
  expect(increase).toBeGreaterThan(0)
  expect(Math.abs(increase + atFirst - Number(ledgerNanoUsd()) / 1_000)).toBeLessThan(1)
})
