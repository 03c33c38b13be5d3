import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { goodRecord, openTestApp, postJson, postText, readMetrics, sumOf } from '../test-app.cases.ts'

const url = '/v1/metrics/record'
const labels = 'model="gpt-4o-mini",provider="openai",service_name="checkout"'

interface Problem {
  readonly path: string
  readonly message: string
}

describe('POST /v1/metrics/record', () => {
  test('record answers cost and price version and counts the call in every metric', async () => {
    const app = await openTestApp()
    const { status, headers, body } = await postJson(app.api, url, goodRecord)
    expect(status).toBe(200)
    expect(body).toEqual({ recorded: true, cost_usd_micro: 450, price_version: expect.any(String) })
    expect(headers.location).toMatch(/^\/v1\/calls\/[0-9a-f]{32}\/[0-9a-f]{16}$/)
    const metrics = await readMetrics(app)
    expect(metrics.get(`llm_tokens_total{${labels},token_type="prompt"}`)).toBe(1_000)
    expect(metrics.get(`llm_tokens_total{${labels},token_type="completion"}`)).toBe(500)
    expect(metrics.get(`llm_cost_usd_micro_total{${labels}}`)).toBe(450)
    expect(metrics.get(`llm_latency_ms_total_sum{${labels}}`)).toBe(820.5)
    expect(metrics.get(`llm_latency_ms_ttft_sum{${labels}}`)).toBe(210)
    expect(metrics.get(`llm_spans_total{${labels},status="success",has_retries="false"}`)).toBe(1)
    expect(metrics.get(`llm_finish_reason_total{${labels},finish_reason="stop"}`)).toBe(1)
    expect(metrics.get('inferometer_received_total{source="rest"}')).toBe(1)
    expect(metrics.get('inferometer_recorded_total{source="rest"}')).toBe(1)
  })

  test('record keeps every optional field when all are given', async () => {
    const app = await openTestApp()
    const record = {
      ...goodRecord,
      status: 'error',
      error_type: 'rate_limit',
      finish_reason: 'end_turn',
      pii_detected: true,
      injection_attempt: true,
      retry_count: 2,
      cost_usd_micro: 1175.25,
      cached_tokens: 300,
      reasoning_tokens: 100,
      user_id: 'u1',
      session_id: 's1',
      trace_id: 'ABCDEF0123456789ABCDEF0123456789',
      span_id: '0123456789ABCDEF',
      started_at: '2026-01-31T12:00:00.123456+02:00',
    }
    const { headers, body } = await postJson(app.api, url, record)
    expect(body).toEqual({ recorded: true, cost_usd_micro: 1175.25, price_version: null })
    const call = await app.api.inject(String(headers.location))
    expect(call.json()).toMatchObject({
      trace_id: record.trace_id.toLowerCase(),
      span_id: record.span_id.toLowerCase(),
      started_at: '2026-01-31T10:00:00.123456Z',
      status: 'error',
      error_type: 'rate_limit',
      finish_reason: 'stop',
      finish_reason_raw: 'end_turn',
      retry_count: 2,
      cost_usd_micro: 1175.25,
      cached_tokens: 300,
      reasoning_tokens: 100,
      user_id: 'u1',
      session_id: 's1',
      pii_detected: true,
      injection_attempt: true,
      source: 'rest',
    })
    const metrics = await readMetrics(app)
    expect(metrics.get('llm_pii_detected_total{service_name="checkout"}')).toBe(1)
    expect(metrics.get('llm_injection_attempts_total{service_name="checkout"}')).toBe(1)
    expect(metrics.get(`llm_spans_total{${labels},status="error",has_retries="true"}`)).toBe(1)
    expect(metrics.get(`llm_errors_total{${labels},error_type="rate_limit"}`)).toBe(1)
    expect(metrics.get(`llm_cost_usd_micro_total{${labels}}`)).toBe(1175.25)
  })

  test('record answers cost null when no price is known, and takes null for what is not known', async () => {
    const app = await openTestApp()
    const record = { ...goodRecord, model: 'no-such-model-9', provider: 'nobody', latency_ms_ttft: null, user_id: null }
    expect((await postJson(app.api, url, record)).body).toEqual({
      recorded: true,
      cost_usd_micro: null,
      price_version: null,
    })
    const unknown = { ...goodRecord, prompt_tokens: null, completion_tokens: null }
    expect((await postJson(app.api, url, unknown)).body).toMatchObject({ recorded: true, cost_usd_micro: null })
  })

  test('record counts once when the same ids come again, and answers with what was recorded first', async () => {
    const app = await openTestApp()
    const ids = { trace_id: '1'.repeat(32), span_id: '2'.repeat(16) }
    const first = await postJson(app.api, url, { ...goodRecord, ...ids, cost_usd_micro: 10 })
    const again = await postJson(app.api, url, { ...goodRecord, ...ids, cost_usd_micro: 99 })
    expect(first.body).toEqual({ recorded: true, cost_usd_micro: 10, price_version: null })
    expect(again.status).toBe(200)
    expect(again.body).toEqual({ recorded: true, cost_usd_micro: 10, price_version: null, duplicate: true })
    const metrics = await readMetrics(app)
    expect(sumOf(metrics, 'llm_spans_total')).toBe(1)
    expect(metrics.get('inferometer_duplicate_total{source="rest"}')).toBe(1)
  })

  test.each<[string, Record<string, unknown>, string, string]>([
    ['a negative count', { prompt_tokens: -1 }, 'prompt_tokens', 'must be an integer from 0 to 1000000000'],
    ['a fraction of a token', { completion_tokens: 1.5 }, 'completion_tokens', 'must be an integer'],
    ['an absurd count', { prompt_tokens: 1e15 }, 'prompt_tokens', 'must be an integer from 0 to 1000000000'],
    ['a count as text', { prompt_tokens: '12' }, 'prompt_tokens', 'got "12"'],
    ['a negative latency', { latency_ms_total: -0.5 }, 'latency_ms_total', 'must be a number from 0 to 86400000'],
    ['a latency beyond numbers', { latency_ms_total: 1e300 }, 'latency_ms_total', 'must be a number'],
    ['a null model', { model: null }, 'model', 'must be a string'],
    ['a blank model', { model: '  ' }, 'model', 'must not be blank'],
    ['an empty service', { service_name: '' }, 'service_name', 'must be a string of 1 to 1024 characters'],
    ['half a surrogate pair', { model: 'x\ud800' }, 'model', 'must be well-formed Unicode'],
    ['an unknown status', { status: 'ok' }, 'status', 'must be one of success, error, cancelled, got "ok"'],
    ['an unknown error type', { status: 'error', error_type: 'boom' }, 'error_type', 'must be one of rate_limit'],
    ['an error of a success', { error_type: 'timeout' }, 'error_type', 'must be left out when status is success'],
    ['more cached than prompt', { cached_tokens: 1_001 }, 'cached_tokens', 'must not be above prompt_tokens'],
    [
      'more reasoning than answer',
      { reasoning_tokens: 501 },
      'reasoning_tokens',
      'must not be above completion_tokens',
    ],
    ['a first token after the last', { latency_ms_ttft: 900 }, 'latency_ms_ttft', 'must not be above latency_ms_total'],
    ['a flag as text', { pii_detected: 'yes' }, 'pii_detected', 'must be true or false or null, got "yes"'],
    ['a negative cost', { cost_usd_micro: -1 }, 'cost_usd_micro', 'must be a number from 0'],
    ['a trace id of no hex', { trace_id: 'z'.repeat(32) }, 'trace_id', 'must be a string of the form'],
    ['a trace id of zeros', { trace_id: '0'.repeat(32) }, 'trace_id', 'must not be all zeros'],
    ['a span id without trace', { span_id: '1'.repeat(16) }, 'span_id', 'needs trace_id'],
    ['a time without offset', { started_at: '2026-01-31T12:00:00' }, 'started_at', 'must be ISO 8601'],
    ['a day that is not', { started_at: '2026-02-30T12:00:00Z' }, 'started_at', 'is not a time that exists'],
    ['a time to come', { started_at: '2099-01-01T00:00:00Z' }, 'started_at', 'more than a day in the future'],
    ['a field misspelt', { promt_tokens: 4 }, 'promt_tokens', "is not a known field (did you mean 'prompt_tokens'?)"],
    ['a field of nobody', { zzz: 4 }, 'zzz', 'is not a known field'],
  ])('record refuses %s by path and records nothing', async (_what, change, path, message) => {
    const app = await openTestApp()
    const { status, body } = await postJson(app.api, url, { ...goodRecord, ...change })
    expect(status).toBe(400)
    expect(body.error.code).toBe('invalid_request')
    const problems: Problem[] = body.error.problems
    expect(problems.map((problem) => problem.path)).toContain(path)
    expect(problems.find((problem) => problem.path === path)?.message).toContain(message)
    const metrics = await readMetrics(app)
    expect(sumOf(metrics, 'llm_spans_total')).toBe(0)
    expect(metrics.get('inferometer_rejected_total{source="rest",reason="invalid_request"}')).toBe(1)
  })

  test('record names all problems at once when nearly everything is wrong', async () => {
    const app = await openTestApp()
    const { body } = await postJson(app.api, url, { model: 1, prompt_tokens: -1, status: 'x', a: 1, b: 2, c: 3 })
    const paths = body.error.problems.map((problem: Problem) => problem.path)
    expect(new Set(paths)).toEqual(
      new Set([
        ...['model', 'prompt_tokens', 'status', 'a', 'b', 'c'],
        ...['provider', 'service_name', 'completion_tokens', 'latency_ms_total'],
      ]),
    )
  })

  test.each([
    ['[]', 'must be an object, got an array of 0 items'],
    ['null', 'must be an object, got null'],
    ['"text"', 'must be an object'],
    ['', 'must be an object, got null'],
  ])('record refuses %j when the body is no object', async (body, message) => {
    const app = await openTestApp()
    const answer = await postText(app.api, url, body)
    expect(answer.status).toBe(400)
    expect(answer.body.error.message).toContain(message)
  })

  test('record says where JSON breaks, without quoting it', async () => {
    const app = await openTestApp()
    const { status, body } = await postText(app.api, url, '{\n  "model": "secret prompt" oops }')
    expect(status).toBe(400)
    expect(body).toEqual({
      error: {
        code: 'invalid_json',
        message: 'The body is not valid JSON: unexpected character at line 2, column 28',
      },
    })
    expect((await postText(app.api, url, '{"model":')).body.error.message).toContain('it ends too early')
  })

  test('record refuses __proto__ as any other unknown field', async () => {
    const app = await openTestApp()
    const { status, body } = await postText(
      app.api,
      url,
      `${JSON.stringify(goodRecord).slice(0, -1)},"__proto__":{"a":1}}`,
    )
    expect(status).toBe(400)
    expect(body.error.problems[0].path).toBe('__proto__')
  })

  test('record answers 415 when the body is no JSON, 404 and 405 when the address is wrong', async () => {
    const app = await openTestApp()
    const form = await app.api.inject({
      method: 'POST',
      url,
      payload: 'model=x',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect([form.statusCode, form.json().error.code]).toEqual([415, 'unsupported_media_type'])
    const get = await app.api.inject(url)
    expect([get.statusCode, get.json().error.code]).toEqual([405, 'method_not_allowed'])
    expect(get.headers.allow).toBe('POST')
    const lost = await app.api.inject('/v1/metric/record')
    expect([lost.statusCode, lost.json().error.code]).toEqual([404, 'not_found'])
  })

  test('record reads gzip, and refuses what is not gzip, unpacks to too much, or is coded otherwise', async () => {
    const app = await openTestApp({ limits: { bodyBytes: 10_000 } })
    const send = async (payload: Buffer, encoding: string) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding }
      const answer = await app.api.inject({ method: 'POST', url, payload, headers })
      return [answer.statusCode, answer.json().error?.code]
    }
    const packed = gzipSync(JSON.stringify(goodRecord))
    expect(await send(packed, 'gzip')).toEqual([200, undefined])
    expect(await send(Buffer.from('not gzip at all'), 'gzip')).toEqual([400, 'invalid_gzip'])
    expect(await send(packed.subarray(0, packed.length - 12), 'gzip')).toEqual([400, 'invalid_gzip'])
    expect(await send(gzipSync(' '.repeat(20_000_000)), 'gzip')).toEqual([413, 'body_too_large'])
    expect(await send(packed, 'br')).toEqual([415, 'unsupported_content_encoding'])
    expect((await postText(app.api, url, ' '.repeat(10_001))).status).toBe(413)
  })
})
