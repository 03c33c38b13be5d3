import { Writable } from 'node:stream'
import pino from 'pino'
import { expect, it } from 'vitest'
import { goodRecord, openTestApp, postJson, readMetrics, sumOf } from './test-app.cases.ts'

it('createApp() counts a flood of model names under the cap, in a self metric, and tells of it once', async () => {
  const lines: string[] = []
  const logger = pino(
    { level: 'warn' },
    new Writable({ write: (line, _encoding, done) => done(void lines.push(String(line))) }),
  )
  const app = await openTestApp({ limits: { models: 50, series: 2_000 } }, { logger })
  const spansAtOnce = 500
  const requests = 20
  for (let request = 0; request < requests; request++) {
    const spans = Array.from({ length: spansAtOnce }, (_, index) => ({
      ...goodRecord,
      model: `made-up-${request * spansAtOnce + index}`,
    }))
    expect((await postJson(app.api, '/v1/metrics/record-batch', { spans })).body).toMatchObject({
      recorded_count: spansAtOnce,
    })
  }
  const metrics = await readMetrics(app)
  const models = new Set([...metrics.keys()].flatMap((key) => /model="([^"]*)"/.exec(key)?.[1] ?? []))
  expect(models.size).toBeLessThanOrEqual(51)
  expect(models).toContain('__other__')
  expect(sumOf(metrics, 'llm_spans_total')).toBe(spansAtOnce * requests)
  expect(sumOf(metrics, 'inferometer_cardinality_overflow_total')).toBeGreaterThan(spansAtOnce * (requests - 1))
  expect(metrics.get('inferometer_series')).toBeLessThan(3_000)
  const told = lines.map((line) => JSON.parse(line)).filter(({ label }) => label === 'model')
  expect(told).toHaveLength(1)
  expect(told[0].msg).toBe('a limit of metrics is reached: further values of model become __other__')
})
