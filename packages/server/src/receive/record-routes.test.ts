import { describe, expect, test } from 'vitest'
import { createDisk, goodRecord, openTestApp, postJson, readMetrics, sumOf } from '../test-app.cases.ts'

const url = '/v1/metrics/record'

describe('POST /v1/metrics/record', () => {
  test('record answers cost and price version and counts the call in every metric', async () => {
    const app = await openTestApp()
    const { status, headers, body } = await postJson(app.api, url, goodRecord)
    expect(status).toBe(200)
    expect(body).toEqual({ recorded: true, cost_usd_micro: 450, price_version: expect.any(String) })
    expect(headers.location).toMatch(/^\/v1\/calls\/[0-9a-f]{32}\/[0-9a-f]{16}$/)
    const metrics = await readMetrics(app)
    const labels = 'model="gpt-4o-mini",provider="openai",service_name="checkout"'
    expect(metrics.get(`llm_tokens_total{${labels},token_type="prompt"}`)).toBe(1_000)
    expect(metrics.get(`llm_cost_usd_micro_total{${labels}}`)).toBe(450)
    expect(metrics.get(`llm_spans_total{${labels},status="success",has_retries="false"}`)).toBe(1)
    expect(metrics.get('inferometer_recorded_total{source="rest"}')).toBe(1)
  })
})
