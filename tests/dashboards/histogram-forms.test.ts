/** Latency panels over native and over classic histograms: two servers of Prometheus scrape the same calls live. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCall } from '@inferometer/core/call'
import { dashboards } from '@inferometer/core/panels'
import { durations } from '@inferometer/core/panels/terms'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCallMetrics } from '../../packages/server/src/metrics/call-metrics.ts'
import { defaultLimits } from '../../packages/server/src/metrics/cardinality.ts'
import { renderMetrics } from '../../packages/server/src/metrics/expose/render-metrics.ts'
import { createRegistry } from '../../packages/server/src/metrics/registry.ts'
import { hasPrometheus } from '../harness/prometheus.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { fillVariables } from './fill-variables.ts'
import { type RunningPrometheus, runPrometheus } from './run-prometheus.ts'

const hasTools = hasPrometheus()
if (!hasTools) console.log('prometheus is not on PATH: native histograms were not asked of a real Prometheus')

type Form = 'native' | 'classic'
const features = ['exemplar-storage']

/** 100 latencies from 20 ms to 2 s; their first tokens at a fifth of it. */
const latencies = Array.from({ length: 100 }, (_, index) => 20 * (index + 1))
const panelOf = (id: string) => dashboards.flatMap(({ panels }) => panels).find((panel) => panel.id === id)
const quantileQueries = ['latency-percentiles', 'ttft-percentiles'].flatMap((id) =>
  (panelOf(id)?.queries ?? []).flatMap(({ promql, terms: { measure } }) =>
    measure.kind === 'quantile' ? [[`${id} p${measure.quantile * 100}`, { promql, measure }] as const] : [],
  ),
)

describe.skipIf(!hasTools)('latency and TTFT', () => {
  const registry = createRegistry({ limits: defaultLimits })
  const metrics = createCallMetrics(registry)
  let recorded = 0
  const recordAll = () => {
    for (const latencyMs of latencies) {
      recorded += 1
      const id = recorded.toString(16)
      metrics.record(
        createCall({
          traceId: id.padStart(32, '0'),
          spanId: id.padStart(16, '0'),
          serviceName: 'checkout',
          operation: 'chat',
          provider: 'acme',
          requestModel: 'small',
          startTimeUs: Date.now() * 1_000,
          latencyMs,
          ttftMs: latencyMs / 5,
          source: 'rest',
        }),
      )
    }
  }
  const exporter = createServer((request, response) => {
    const { contentType, body } = renderMetrics(registry, request.headers.accept)
    response.writeHead(200, { 'content-type': contentType }).end(body)
  })
  const running = new Map<Form, RunningPrometheus>()
  const serverOf = (form: Form) => {
    const prometheus = running.get(form)
    if (prometheus === undefined) throw new Error(`BUG: no Prometheus of form ${form}`)
    return prometheus
  }
  const fill = (promql: string) => fillVariables(promql, { rangeSeconds: 60, rateIntervalSeconds: 60 })
  const ask = (form: Form, promql: string) => serverOf(form).query(fill(promql))
  const waitForCount = (count: number) =>
    waitUntil(`${count} calls were scraped`, async () => {
      const rows = await Promise.all([
        ask('native', 'histogram_count(llm_latency_ms_total)'),
        ask('classic', 'llm_latency_ms_total_count'),
      ])
      return rows.every(([row]) => row?.value === count)
    })

  beforeAll(async () => {
    await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve))
    const target = `127.0.0.1:${(exporter.address() as AddressInfo).port}`
    for (const form of ['native', 'classic'] as const)
      running.set(form, await runPrometheus({ target, features, native: form === 'native' }))
    recordAll()
    await waitForCount(100)
    recordAll()
    await waitForCount(200)
  })
  afterAll(async () => {
    for (const prometheus of running.values()) await prometheus.stop()
    exporter.closeAllConnections()
    await new Promise((resolve) => exporter.close(resolve))
  })

  test('are kept in one form by each server: the other branch of a query cannot be what answers', async () => {
    expect(await ask('native', 'llm_latency_ms_total_bucket')).toEqual([])
    expect(await ask('classic', 'llm_latency_ms_total')).toEqual([])
  })

  test.each(quantileQueries)('%s is right in both forms', async (_name, { promql, measure }) => {
    const scale = measure.of === 'ttftMs' ? 0.2 : 1
    const exact = (latencies[Math.ceil(measure.quantile * 100) - 1] ?? 0) * scale
    const [native] = await ask('native', promql)
    // Schema 3 has eight buckets to a doubling: an estimate is at most 9 % off.
    expect(Math.abs((native?.value ?? Number.NaN) / exact - 1)).toBeLessThan(0.09)
    const bounds = durations[measure.of].buckets ?? []
    const [classic] = await ask('classic', promql)
    const high = bounds.find((bound) => bound >= exact) ?? Number.POSITIVE_INFINITY
    const low = bounds.findLast((bound) => bound < exact) ?? 0
    expect(classic?.value).toBeGreaterThanOrEqual(low)
    expect(classic?.value).toBeLessThanOrEqual(high)
  })

  test.each(quantileQueries)('%s has exemplars that name the trace, in both forms', async (_name, { promql }) => {
    for (const form of ['native', 'classic'] as const) {
      const exemplars = await serverOf(form).exemplars(fill(promql))
      expect(exemplars.length, form).toBeGreaterThan(0)
      for (const { trace_id: traceId } of exemplars) expect(traceId, form).toMatch(/^[0-9a-f]{32}$/)
    }
  })

  test('averages are the same in both forms', async () => {
    for (const { promql } of panelOf('avg-latency-vs-ttft')?.queries ?? []) {
      const [native] = await ask('native', promql)
      const [classic] = await ask('classic', promql)
      const exact = promql.includes(durations.ttftMs.name) ? 202 : 1_010
      expect(native?.value).toBeCloseTo(exact, 6)
      expect(classic?.value).toBeCloseTo(exact, 6)
    }
  })
})
