import { describe, expect, it } from 'vitest'
import { openTestApp, postJson, readMetrics, sumOf } from '../test-app.cases.ts'

const traceId = 'a'.repeat(32)
const chat = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'anthropic',
  'gen_ai.request.model': 'claude-sonnet-4-5',
  'gen_ai.usage.input_tokens': 10,
  'gen_ai.usage.output_tokens': 5,
}
const span = {
  trace_id: traceId,
  span_id: '1'.repeat(16),
  parent_span_id: '2'.repeat(16),
  name: 'chat claude-sonnet-4-5',
  start_time: '2026-11-23T10:00:00.000001Z',
  end_time: '2026-11-23T10:00:01.500001Z',
  attributes: chat,
  service_name: 'shop',
}
const tool = {
  ...span,
  span_id: '3'.repeat(16),
  name: 'execute_tool look',
  start_time: 1_795_428_000,
  end_time: '1795428000250000000',
  attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'look' },
  links: [{ trace_id: 'b'.repeat(32), span_id: 'C'.repeat(16) }],
}

describe('POST /v1/spans', () => {
  it('records a single span of a call, and answers a repetition as one', async () => {
    const app = await openTestApp()
    expect((await postJson(app.api, '/v1/spans', span)).body).toEqual({
      accepted_count: 1,
      recorded_count: 1,
      duplicate_count: 0,
    })
    expect((await postJson(app.api, '/v1/spans', span)).body).toMatchObject({ recorded_count: 0, duplicate_count: 1 })
    const call = (await app.api.inject(`/v1/calls/${traceId}/${'1'.repeat(16)}`)).json()
    expect(call).toMatchObject({
      provider: 'anthropic',
      prompt_tokens: 10,
      started_at: '2026-11-23T10:00:00.000001Z',
      latency_ms_total: 1_500,
      service_name: 'shop',
      source: 'gen_ai',
    })
  })

  it('reads every dialect by its scope, its events and its status', async () => {
    const app = await openTestApp({ content: 'full' })
    const event = { name: 'gen_ai.choice', attributes: { finish_reason: 'length', message: '{"content":"Ho"}' } }
    const body = {
      ...span,
      attributes: { ...chat, 'gen_ai.usage.cache_read.input_tokens': 8 },
      scope: { name: 'openlit' },
      events: [event],
      status: { code: 'error', message: 'Error code: 429 - slow down' },
    }
    expect((await postJson(app.api, '/v1/spans', body)).status).toBe(200)
    const call = (await app.api.inject(`/v1/calls/${traceId}/${'1'.repeat(16)}`)).json()
    expect(call).toMatchObject({
      source: 'openlit',
      prompt_tokens: 18,
      finish_reason: 'length',
      error_type: 'rate_limit',
    })
  })

  it('takes a batch, calls and nodes', async () => {
    const app = await openTestApp()
    const { body } = await postJson(app.api, '/v1/spans', { spans: [span, tool] })
    expect(body).toEqual({ accepted_count: 2, recorded_count: 1, duplicate_count: 0 })
    const { spans } = (await app.api.inject(`/v1/traces/${traceId}`)).json()
    expect(spans).toMatchObject([
      { kind: 'tool', duration_ms: 250, links: [{ trace_id: 'b'.repeat(32), span_id: 'c'.repeat(16) }] },
      { kind: 'call' },
    ])
  })

  it.each([
    ['no ids', { ...span, trace_id: undefined }, 'trace_id'],
    ['an id of zeros', { ...span, span_id: '0'.repeat(16) }, 'span_id'],
    ['a time that is none', { ...span, start_time: 'yesterday' }, 'start_time'],
    ['an end before its start', { ...span, end_time: '2026-11-23T09:00:00Z' }, 'end_time'],
    ['a field that nobody knows', { ...span, spanid: 'x' }, 'spanid'],
    ['an event at no time', { ...span, events: [{ name: 'x', time: 'then' }] }, 'events[0].time'],
    ['a name that is too long', { ...span, attributes: { ...chat, 'gen_ai.request.model': 'm'.repeat(2_000) } }, ''],
  ])('refuses %s by its path and records nothing', async (_what, body, path) => {
    const app = await openTestApp()
    const alone = await postJson(app.api, '/v1/spans', body)
    expect([alone.status, alone.body.error.problems[0].path]).toEqual([400, path])
    const batch = await postJson(app.api, '/v1/spans', { spans: [tool, body] })
    expect([batch.status, batch.body.error.problems[0].path]).toEqual([
      400,
      path === '' ? 'spans[1]' : `spans[1].${path}`,
    ])
    const partial = await postJson(app.api, '/v1/spans?partial=true', { spans: [tool, body] })
    expect(partial.body).toMatchObject({ accepted_count: 1, rejected: [{ index: 1 }] })
    const metrics = await readMetrics(app)
    expect(sumOf(metrics, 'inferometer_rejected_total')).toBe(4)
  })

  it('refuses values that are nested without end, and what is no span at all', async () => {
    const app = await openTestApp()
    let deep: unknown = 1
    for (let depth = 0; depth < 50; depth++) deep = [deep]
    const nested = await postJson(app.api, '/v1/spans', { ...span, attributes: { deep } })
    expect(nested.body.error.problems).toMatchObject([{ path: 'attributes["deep"]' }])
    for (const body of [[], 'x', null, { spans: [] }, { spans: 1 }])
      expect((await postJson(app.api, '/v1/spans', body)).status).toBe(400)
  })
})
