import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Span } from '@inferometer/core/otlp/model'
import { decodeTraces, encodeTraces } from '@inferometer/core/otlp/traces'
import { afterEach, describe, expect, it } from 'vitest'
import type { App } from './app.ts'
import { openDestination } from './forward/local-destination.cases.ts'
import { type Names, toSpan, toTraces } from './normalize/spans.cases.ts'
import { openTestApp } from './test-app.cases.ts'

const traceId = 'a'.repeat(32)
const idOf = (n: number) => String(n).repeat(16)
const atMs = (ms: number) => 1_780_000_000_000_000_000n + BigInt(ms) * 1_000_000n

interface Place {
  readonly id: number
  readonly above?: number
  readonly fromMs: number
  readonly toMs: number
}

function place(name: string, attributes: Names, { id, above, fromMs, toMs }: Place): Span {
  const parentSpanId = above === undefined ? '' : idOf(above)
  const times = { startTimeUnixNano: atMs(fromMs), endTimeUnixNano: atMs(toMs) }
  return toSpan(attributes, { traceId, spanId: idOf(id), parentSpanId, name, ...times })
}

const usage = { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 5 }
const chat = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  ...usage,
}
const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'ann', ...usage }
const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'look', 'gen_ai.tool.call.id': 'c1' }
const spans = [
  place('chat gpt-4o', chat, { id: 3, above: 1, fromMs: 500, toMs: 900 }),
  place('execute_tool look', tool, { id: 4, above: 1, fromMs: 400, toMs: 500 }),
  place('chat gpt-4o', chat, { id: 2, above: 1, fromMs: 10, toMs: 400 }),
  // Its parent is the application's own span, which is not kept.
  place('invoke_agent ann', agent, { id: 1, above: 9, fromMs: 0, toMs: 1_000 }),
]

async function post(app: App, sent: readonly Span[]): Promise<number> {
  const payload = Buffer.from(encodeTraces(toTraces(sent, { name: 'an.agent' })))
  const headers = { 'content-type': 'application/x-protobuf' }
  return (await app.otlpHttp.inject({ method: 'POST', url: '/v1/traces', payload, headers })).statusCode
}

const get = async (app: App, url: string) => {
  const response = await app.api.inject(url)
  return { status: response.statusCode, body: response.json() }
}

describe('GET /v1/traces/{trace_id}', () => {
  it('answers calls and nodes as one tree, whatever the order in which they came', async () => {
    const app = await openTestApp()
    for (const span of spans) expect(await post(app, [span])).toBe(200)
    const { body } = await get(app, `/v1/traces/${traceId.toUpperCase()}`)
    expect(body).toMatchObject({ trace_id: traceId, started_at: '2026-05-28T20:26:40.000000Z', duration_ms: 1_000 })
    const lines = body.spans.map((span: Record<string, unknown>) => [span.depth, span.kind, span.name, span.offset_ms])
    expect(lines).toEqual([
      [0, 'agent', 'invoke_agent ann', 0],
      [1, 'call', 'chat gpt-4o', 10],
      [1, 'tool', 'execute_tool look', 400],
      [1, 'call', 'chat gpt-4o', 500],
    ])
    expect(body.spans[0]).toMatchObject({ agent_name: 'ann', parent_span_id: idOf(9), call: null })
    expect(body.spans[1]).toMatchObject({ call: { prompt_tokens: 10 }, duration_ms: 390 })
    expect(body.spans[2]).toMatchObject({ tool_name: 'look', tool_call_id: 'c1' })
  })

  it('shows a span that was sent again once, and counts only the calls', async () => {
    const app = await openTestApp()
    await post(app, spans)
    await post(app, spans)
    expect((await get(app, `/v1/traces/${traceId}`)).body.spans.length).toBe(4)
    const { body } = await get(app, '/v1/traces')
    expect(body).toEqual({
      traces: [
        {
          trace_id: traceId,
          started_at: '2026-05-28T20:26:40.010000Z',
          duration_ms: expect.closeTo(890, 2),
          calls: 2,
          failed_calls: 0,
          services: ['shop'],
          models: ['gpt-4o'],
          prompt_tokens: 20,
          completion_tokens: 10,
          cost_usd_micro: expect.any(Number),
        },
      ],
      next_before: null,
    })
  })

  it('cuts circles, and answers 404 for what was never seen and 400 for what is no id', async () => {
    const app = await openTestApp()
    await post(app, [
      place('a', tool, { id: 1, above: 2, fromMs: 0, toMs: 1 }),
      place('b', tool, { id: 2, above: 1, fromMs: 0, toMs: 1 }),
    ])
    expect((await get(app, `/v1/traces/${traceId}`)).body.spans.length).toBe(2)
    expect((await get(app, `/v1/traces/${'b'.repeat(32)}`)).status).toBe(404)
    expect((await get(app, '/v1/traces/xyz')).status).toBe(400)
  })
})

describe('nodes', () => {
  let dataDir: string | null = null
  afterEach(() => {
    if (dataDir !== null) rmSync(dataDir, { recursive: true, force: true })
  })

  it('are forwarded with the calls, so that the trace is whole at the other end', async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'traces-test-'))
    const destination = await openDestination()
    const app = await openTestApp({ dataDir, forward: { traces: { endpoint: destination.url } } })
    await post(app, spans)
    const arrived = () =>
      destination.taken.flatMap(({ body }) =>
        decodeTraces(body).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((group) => group.spans)),
      )
    await expect
      .poll(
        () =>
          arrived()
            .map(({ spanId }) => spanId)
            .sort(),
        { timeout: 20_000 },
      )
      .toEqual([1, 2, 3, 4].map(idOf))
    const node = arrived().find(({ spanId }) => spanId === idOf(1))
    expect(node).toMatchObject({ name: 'invoke_agent ann', parentSpanId: idOf(9), kind: 1 })
    expect(Object.fromEntries(node?.attributes ?? [])).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'ann',
    })
    await app.close()
    await destination.close()
  })
})
