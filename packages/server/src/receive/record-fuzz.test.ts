import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMemoryDisk } from '../store/memory.ts'
import { goodRecord, openTestApp, postJson, readMetrics, sumOf } from '../test-app.cases.ts'

const optionalFields = [
  'pii_detected',
  'injection_attempt',
  'retry_count',
  'cost_usd_micro',
  'cached_tokens',
  'reasoning_tokens',
  'error_type',
  'user_id',
  'session_id',
  'trace_id',
  'span_id',
  'started_at',
]

const anyValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    -1,
    0,
    1.5,
    1e9,
    1e21,
    'success',
    'error',
    '',
    '\ud800',
    '0'.repeat(32),
    'a'.repeat(32),
    true,
    null,
    [],
    {},
  ),
)
/** A good record with some fields replaced, added or taken away: near enough to pass now and then. */
const nearRecord = fc
  .record({
    changes: fc.dictionary(
      fc.constantFrom(...Object.keys(goodRecord), ...optionalFields, 'unknown', '__proto__'),
      anyValue,
      {
        maxKeys: 3,
      },
    ),
    gone: fc.subarray(Object.keys(goodRecord), { maxLength: 1 }),
  })
  .map(({ changes, gone }) => {
    const entries = [...Object.entries(goodRecord), ...Object.entries(changes)].filter(([name]) => !gone.includes(name))
    return Object.fromEntries(entries)
  })

test('record answers 200 or 400 to any JSON, and records exactly what it answered with 200', async () => {
  const disk = createMemoryDisk()
  const app = await openTestApp({}, { disk })
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 3, arbitrary: nearRecord }, fc.jsonValue()), async (body) => {
      const { status, body: answer } = await postJson(app.api, '/v1/metrics/record', body)
      expect([200, 400]).toContain(status)
      if (status === 400) expect(answer.error.problems.length).toBeGreaterThan(0)
      else if (answer.duplicate !== true) accepted++
    }),
    { numRuns: 400 },
  )
  expect(accepted).toBeGreaterThan(10)
  expect(disk.calls.length).toBe(accepted)
  const metrics = await readMetrics(app)
  expect(sumOf(metrics, 'llm_spans_total')).toBe(accepted)
  expect(metrics.get('inferometer_recorded_total{source="rest"}')).toBe(accepted)
})

test('record-batch with partial=true records as many as it says for any list', async () => {
  const disk = createMemoryDisk()
  const app = await openTestApp({}, { disk })
  let recorded = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(nearRecord, anyValue), { minLength: 1, maxLength: 8 }), async (spans) => {
      const { status, body } = await postJson(app.api, '/v1/metrics/record-batch?partial=true', { spans })
      expect(status).toBe(200)
      expect(body.recorded_count + (body.duplicate_count ?? 0) + (body.rejected?.length ?? 0)).toBe(spans.length)
      recorded += body.recorded_count
    }),
    { numRuns: 150 },
  )
  expect(disk.calls.length).toBe(recorded)
  expect(sumOf(await readMetrics(app), 'llm_spans_total')).toBe(recorded)
})

test('record answers below 500 to any bytes', async () => {
  const app = await openTestApp()
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, isGzip) => {
      const headers = { 'content-type': 'application/json', ...(isGzip && { 'content-encoding': 'gzip' }) }
      const payload = Buffer.from(bytes)
      const answer = await app.api.inject({ method: 'POST', url: '/v1/metrics/record', payload, headers })
      expect(answer.statusCode).toBeGreaterThanOrEqual(400)
      expect(answer.statusCode).toBeLessThan(500)
    }),
    { numRuns: 150 },
  )
})
