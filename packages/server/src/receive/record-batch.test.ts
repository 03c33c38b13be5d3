import { describe, expect, test } from 'vitest'
import { goodRecord, openTestApp, postJson, readMetrics, sumOf } from '../test-app.cases.ts'

const batchUrl = '/v1/metrics/record-batch'

interface Problem {
  readonly path: string
  readonly message: string
}

describe('POST /v1/metrics/record-batch', () => {
  test('record-batch records all when all are good', async () => {
    const app = await openTestApp()
    const { status, body } = await postJson(app.api, batchUrl, { spans: Array.from({ length: 20 }, () => goodRecord) })
    expect([status, body]).toEqual([200, { recorded_count: 20 }])
    expect(sumOf(await readMetrics(app), 'llm_spans_total')).toBe(20)
  })

  test('record-batch names index and field and records nothing when one is bad', async () => {
    const app = await openTestApp()
    const spans = [goodRecord, goodRecord, { ...goodRecord, prompt_tokens: -5, stat: 1 }]
    const { status, body } = await postJson(app.api, batchUrl, { spans })
    expect(status).toBe(400)
    expect(body.error.problems.map((problem: Problem) => problem.path)).toEqual([
      'spans[2].stat',
      'spans[2].prompt_tokens',
    ])
    const metrics = await readMetrics(app)
    expect(sumOf(metrics, 'llm_spans_total')).toBe(0)
    expect(metrics.get('inferometer_rejected_total{source="rest",reason="invalid_request"}')).toBe(3)
  })

  test('record-batch records the good ones when partial=true', async () => {
    const app = await openTestApp()
    const spans = [goodRecord, 7, { ...goodRecord, latency_ms_ttft: 1e6 }, goodRecord]
    const { status, body } = await postJson(app.api, `${batchUrl}?partial=true`, { spans })
    expect(status).toBe(200)
    expect(body).toEqual({
      recorded_count: 2,
      rejected: [
        { index: 1, problems: [{ path: 'spans[1]', message: 'must be an object, got 7' }] },
        { index: 2, problems: [{ path: 'spans[2].latency_ms_ttft', message: expect.stringContaining('last byte') }] },
      ],
    })
    const metrics = await readMetrics(app)
    expect(sumOf(metrics, 'llm_spans_total')).toBe(2)
    expect(metrics.get('inferometer_received_total{source="rest"}')).toBe(4)
  })

  test('record-batch counts a repeated span once', async () => {
    const app = await openTestApp()
    const span = { ...goodRecord, trace_id: '3'.repeat(32), span_id: '4'.repeat(16) }
    const { body } = await postJson(app.api, batchUrl, { spans: [span, goodRecord, span] })
    expect(body).toEqual({ recorded_count: 2, duplicate_count: 1 })
  })

  test.each([
    ['no spans', { spans: [] }, 400, 'spans must be an array of at least 1 items'],
    ['spans that are no list', { spans: {} }, 400, 'spans must be an array'],
    ['a list instead of an object', [goodRecord], 400, 'must be an object'],
    [
      'a field beside spans',
      { spans: [goodRecord], span: 1 },
      400,
      "span is not a known field (did you mean 'spans'?)",
    ],
    ['more spans than the limit', { spans: [goodRecord, goodRecord, goodRecord] }, 413, '3 of at most 2'],
  ])('record-batch refuses %s', async (_what, sent, status, message) => {
    const app = await openTestApp({ limits: { spansPerRequest: 2 } })
    const answer = await postJson(app.api, batchUrl, sent)
    expect(answer.status).toBe(status)
    expect(answer.body.error.message).toContain(message)
  })

  test('record-batch refuses an unknown parameter and a partial that is no flag', async () => {
    const app = await openTestApp()
    expect((await postJson(app.api, `${batchUrl}?partial=maybe`, { spans: [goodRecord] })).status).toBe(400)
    const { body } = await postJson(app.api, `${batchUrl}?partal=true`, { spans: [goodRecord] })
    expect(body.error.message).toContain("partal is not a known field (did you mean 'partial'?)")
  })
})
