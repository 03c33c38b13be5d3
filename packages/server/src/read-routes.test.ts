import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { goodRecord, openTestApp, postJson, readMetrics, sumOf } from './test-app.cases.ts'

const dir = mkdtempSync(join(tmpdir(), 'inferometer-read-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('patterns and prices say where they come from, and what became of the last reload', async () => {
  const bundled = fileURLToPath(new URL('../../../config', import.meta.url))
  cpSync(bundled, dir, { recursive: true })
  const app = await openTestApp({ configDir: dir })
  const patterns = (await app.api.inject('/v1/patterns')).json()
  expect(patterns).toMatchObject({ file: join(dir, 'patterns.yaml'), last_reload: null })
  const email = patterns.patterns.find(({ name }: { name: string }) => name === 'email')
  expect(email).toMatchObject({
    type: 'PII_STRUCTURAL',
    examples: { match: expect.arrayContaining([expect.any(String)]) },
  })

  const file = join(dir, 'model_prices.yaml')
  writeFileSync(file, '- model: 7\n')
  await postJson(app.api, '/v1/metrics/prices/reload', {})
  const refused = (await app.api.inject('/v1/metrics/prices')).json()
  expect(refused).toMatchObject({ file, last_reload: { result: 'refused' } })
  expect(refused.last_reload.problems[0]).toMatchObject({ line: 1, path: expect.stringContaining('[0]') })
  writeFileSync(file, '[]\n')
  await postJson(app.api, '/v1/metrics/prices/reload', {})
  expect((await app.api.inject('/v1/metrics/prices')).json().last_reload).toMatchObject({ result: 'ok', problems: [] })
})

test('pipeline tells of each stage what the metrics tell', async () => {
  const app = await openTestApp()
  const ids = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) }
  const spans = [
    { ...goodRecord, ...ids },
    { ...goodRecord, ...ids },
    { ...goodRecord, model: 'nobody', pii_detected: true },
  ]
  await postJson(app.api, '/v1/metrics/record-batch', { spans })
  await postJson(app.api, '/v1/metrics/record', { model: 1 })
  const pipeline = (await app.api.inject('/v1/pipeline')).json()
  expect(pipeline).toMatchObject({
    receive: {
      received: [{ source: 'rest', count: 4 }],
      rejected: [{ source: 'rest', reason: 'invalid_request', count: 1 }],
    },
    normalize: { ignored: [] },
    enrich: { unpriced_calls: 1, findings: [{ kind: 'pii', pattern: 'reported', count: 1 }] },
    record: { recorded: [{ source: 'rest', count: 2 }], duplicates: [{ source: 'rest', count: 1 }] },
    store: { health: 'ok', calls: 2, dropped: [] },
    forward: { destinations: [], forwarded: [], failed: [], set_aside: [] },
  })
  const metrics = await readMetrics(app)
  expect(pipeline.receive.received[0].count).toBe(sumOf(metrics, 'inferometer_received_total'))
  const { received, rejected } = pipeline.receive
  const { recorded, duplicates } = pipeline.record
  expect(received[0].count).toBe(recorded[0].count + duplicates[0].count + rejected[0].count)
})

test('cost writes the sum out: every part, its price and where that comes from', async () => {
  writeFileSync(
    join(dir, 'model_prices.yaml'),
    '- {model: m, provider: acme, input_price_per_1m: 2.5, cached_input_price_per_1m: 1.25, output_price_per_1m: 10, version: v7}\n',
  )
  const app = await openTestApp({ configDir: dir })
  const ids = { trace_id: '1'.repeat(32), span_id: '2'.repeat(16) }
  const call = { ...goodRecord, ...ids, model: 'm', provider: 'acme', prompt_tokens: 2_228, cached_tokens: 1_024 }
  const { body: recorded } = await postJson(app.api, '/v1/metrics/record', call)
  const url = `/v1/calls/${ids.trace_id}/${ids.span_id}/cost`
  const answer = (await app.api.inject(url)).json()
  expect(answer.recorded).toEqual({ cost_usd_micro: recorded.cost_usd_micro, price_version: 'v7' })
  expect(answer.computed).toMatchObject({ cost_usd_micro: 9_290, origin: 'file', model: 'm', price_version: 'v7' })
  expect(answer.computed.parts).toEqual([
    { kind: 'cache_read', quantity: 1_024, price_usd: 1.25, cost_usd_micro: 1_280 },
    { kind: 'input', quantity: 1_204, price_usd: 2.5, cost_usd_micro: 3_010 },
    { kind: 'output', quantity: 500, price_usd: 10, cost_usd_micro: 5_000 },
  ])
  expect((await app.api.inject(`/v1/calls/${'3'.repeat(32)}/${ids.span_id}/cost`)).statusCode).toBe(404)
})

test('about tells ports and policy, and no password', async () => {
  const forward = { traces: { endpoint: 'http://user:word@127.0.0.1:1/v1/traces?key=1' } }
  const app = await openTestApp({
    content: 'full',
    pseudonymKey: 'a key of sixteen',
    otlpHttpPort: 4444,
    forward,
    dataDir: dir,
  })
  const { body } = await app.api.inject('/v1/about')
  expect(JSON.parse(body)).toMatchObject({
    content: 'full',
    ports: { otlp_http: 4444 },
    forward: { traces: 'http://127.0.0.1:1/v1/traces', logs: null },
  })
  expect(body).not.toContain('sixteen')
})
