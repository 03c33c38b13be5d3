/** Canaries sent as others send them: by OTLP as traces and logs, and by REST. */
import { randomBytes } from 'node:crypto'
import { call, type DialectCase, type Names } from './dialect-case.ts'
import { frameworkCases } from './framework-cases.ts'
import { genAiCases } from './gen-ai-cases.ts'
import type { Plant } from './wire-case.ts'

export interface Targets {
  readonly api: string
  readonly otlpHttp: string
  readonly plant: Plant
}

const newId = (bytes: number) => randomBytes(bytes).toString('hex')

export function listDialects(plant: Plant): Readonly<Record<string, DialectCase>> {
  return { ...genAiCases(plant), ...frameworkCases(plant) }
}

type OtlpValue = Readonly<Record<string, unknown>>

function toValue(value: unknown): OtlpValue {
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(toValue) } }
  if (typeof value === 'object' && value !== null) return { kvlistValue: { values: toList(value as Names) } }
  return { stringValue: String(value) }
}

const toList = (names: Names) => Object.entries(names).map(([key, value]) => ({ key, value: toValue(value) }))

const startNano = BigInt(Date.now()) * 1_000_000n
const durationNano = 500_000_000n

/** A span of the dialect that worked, and one that failed and says why in every way that spans have. Gives the names of those that are calls. */
export async function sendDialects({ otlpHttp, plant }: Targets, plantsNames: boolean): Promise<string[]> {
  const cases = listDialects(plant)
  const resourceSpans = Object.entries(cases).flatMap(([name, each]) =>
    [false, true].map((fails) => ({
      resource: { attributes: toList({ 'service.name': `dialect ${name}`, 'app.owner': plant(`${name} resource`) }) },
      scopeSpans: [
        {
          scope: { name: each.scope, version: '1.0.0', attributes: toList({ note: plant(`${name} scope`) }) },
          spans: [toSpan(name, each, { plant, fails, plantsNames })],
        },
      ],
    })),
  )
  await post(`${otlpHttp}/v1/traces`, { resourceSpans })
  return Object.entries(cases).flatMap(([name, { isNode }]) => (isNode ? [] : [name]))
}

interface SpanOptions {
  readonly plant: Plant
  readonly fails: boolean
  readonly plantsNames: boolean
}

function toSpan(name: string, each: DialectCase, { plant, fails, plantsNames }: SpanOptions) {
  const p = (place: string) => plant(`${name} ${place}`)
  const exception = {
    'exception.type': `Error: ${p('exception type')}`,
    'exception.message': p('exception'),
    'exception.stacktrace': `at ${p('stack')}`,
  }
  const events = [
    ...(each.events ?? []),
    { name: 'log', attributes: { message: p('event') } },
    ...(fails ? [{ name: 'exception', attributes: exception }] : []),
  ]
  const names = plantsNames ? { 'user.id': p('user'), 'session.id': p('session'), 'tag.tags': [p('tag')] } : {}
  const failure = fails ? { 'error.type': p('error type'), 'error.message': p('error message') } : {}
  return {
    traceId: newId(16),
    spanId: newId(8),
    name: each.spanName ?? `a span of ${p('name')}`,
    kind: 3,
    startTimeUnixNano: String(startNano),
    endTimeUnixNano: String(startNano + durationNano),
    attributes: toList({ ...each.attributes, ...each.content, ...names, ...failure, 'app.note': p('attribute') }),
    events: events.map((event) => ({
      name: event.name,
      timeUnixNano: String(startNano),
      attributes: toList(event.attributes),
    })),
    links: [{ traceId: newId(16), spanId: newId(8), attributes: toList({ note: p('link') }) }],
    status: fails ? { code: 2, message: p('status') } : {},
  }
}

/** Log events of calls, with their span and without, and log records of anything else. */
export async function sendLogs({ otlpHttp, plant }: Targets): Promise<void> {
  const traceId = newId(16)
  const spanId = newId(8)
  const p = (place: string) => plant(`log ${place}`)
  const record = (eventName: string, body: unknown, attributes: Names = {}) => ({
    timeUnixNano: String(startNano),
    eventName,
    traceId,
    spanId,
    body: toValue(body),
    attributes: toList({ 'event.name': eventName, ...attributes }),
    severityText: 'INFO',
  })
  const alone = {
    ...record('gen_ai.client.inference.operation.details', '', {
      ...call,
      'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: p('details') }] }]),
    }),
    traceId: newId(16),
  }
  const logRecords = [
    record('gen_ai.user.message', { content: p('user') }),
    record('gen_ai.choice', {
      message: {
        content: p('choice'),
        tool_calls: [{ id: 't', function: { name: 'write', arguments: JSON.stringify({ note: p('tool') }) } }],
      },
      finish_reason: 'stop',
    }),
    alone,
    record('app.note', p('body'), { note: p('attribute') }),
  ]
  const resource = { attributes: toList({ 'service.name': 'dialect logs', owner: p('resource') }) }
  const scope = { name: '@opentelemetry/instrumentation-openai', version: '1.0.0' }
  const sending = post(`${otlpHttp}/v1/logs`, { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] })
  const span = {
    traceId,
    spanId,
    name: 'chat',
    kind: 3,
    startTimeUnixNano: String(startNano),
    endTimeUnixNano: String(startNano + durationNano),
    attributes: toList(call),
  }
  await post(`${otlpHttp}/v1/traces`, { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] })
  await sending
}

/** The same spans as plain JSON, records, and what is refused: a refusal may quote what was sent to its sender alone. */
export async function sendRest({ api, plant }: Targets, plantsNames: boolean): Promise<void> {
  const p = (place: string) => plant(`rest ${place}`)
  const record = {
    model: 'gpt-4o',
    provider: 'openai',
    service_name: 'rest',
    prompt_tokens: 9,
    completion_tokens: 5,
    latency_ms_total: 5,
    status: 'error',
    finish_reason: plantsNames ? p('finish reason') : 'stop',
    ...(plantsNames && { user_id: p('user'), session_id: p('session') }),
  }
  await post(`${api}/v1/metrics/record`, record)
  const content = {
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: p('input') }] }]),
  }
  const span = {
    trace_id: newId(16),
    span_id: newId(8),
    name: p('span name'),
    start_time: Date.now(),
    end_time: Date.now() + 5,
    service_name: 'rest',
    attributes: { ...call, ...content },
    status: { code: 'error', message: p('status') },
    events: [{ name: 'exception', attributes: { 'exception.message': p('exception') } }],
  }
  await post(`${api}/v1/spans`, { spans: [span] })
  for (const [path, body] of [
    ['/v1/metrics/record', { ...record, status: p('refused status'), [p('refused name')]: 1 }],
    ['/v1/spans', { spans: [{ ...span, start_time: p('refused time') }] }],
    ['/v1/pii-injection/scan', { prompt: p('scanned') }],
    ['/v1/token-counting/count', { prompt: p('counted'), model: 'gpt-4o' }],
  ] as const)
    await fetch(api + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
}
