/** Spans of the REST API → what the OTLP decoders give, so that they go the same way from here. */
import { attribute } from '@inferometer/core/attributes'
import type {
  AnyValue,
  Attributes,
  ResourceSpans,
  Span,
  SpanEvent,
  StatusCode,
  TracesData,
} from '@inferometer/core/otlp/model'
import type { SpanBody } from '../api-spans.ts'
import type { Problem } from '../errors.ts'
import { checkBounds, checkNodeBounds } from './call-bounds.ts'
import { findDialect } from './dialects.ts'
import { parseStartedAt } from './started-at.ts'

const deepestValue = 32
const nanosPerUs = 1_000n
const nanosDigits = /^\d{19}$/

/** Nanoseconds since the epoch, or what is wrong with the time. */
function readTime(value: string | number): bigint | string {
  if (typeof value === 'string' && nanosDigits.test(value)) return BigInt(value)
  const parsed = parseStartedAt(value)
  return parsed.ok ? BigInt(parsed.us) * nanosPerUs : parsed.message
}

/** What the schema cannot say of a span: times, ids of zeros, values without an end, and what no call or step may be. */
export function checkSpan(body: SpanBody): Problem[] {
  const problems: Problem[] = []
  const add = (path: string, message: string) => problems.push({ path, message })
  for (const field of ['trace_id', 'span_id', 'parent_span_id'] as const)
    if (/^0+$/.test(body[field] ?? '')) add(field, 'must not be all zeros')
  const start = readTime(body.start_time)
  const end = readTime(body.end_time)
  if (typeof start === 'string') add('start_time', start)
  if (typeof end === 'string') add('end_time', end)
  if (typeof start === 'bigint' && typeof end === 'bigint' && end < start)
    add('end_time', 'must not lie before start_time')
  for (const field of ['attributes', 'resource'] as const)
    for (const [name, value] of Object.entries(body[field] ?? {}))
      if (isTooDeep(value)) add(`${field}[${JSON.stringify(name)}]`, `must not be nested deeper than ${deepestValue}`)
  ;(body.events ?? []).forEach(({ time, attributes }, index) => {
    const at = time === undefined || time === null ? null : readTime(time)
    if (typeof at === 'string') add(`events[${index}].time`, at)
    for (const [name, value] of Object.entries(attributes ?? {}))
      if (isTooDeep(value))
        add(`events[${index}].attributes[${JSON.stringify(name)}]`, `must not be nested deeper than ${deepestValue}`)
  })
  return problems.length > 0 ? problems : checkReading(body)
}

/** The same bounds as those of spans that come by OTLP, told before anything is taken. */
function checkReading(body: SpanBody): Problem[] {
  const reading = findDialect(toSource(body))?.read(toSource(body), { content: false })
  if (reading?.kind === 'invalid') return [{ path: '', message: reading.message }]
  const problem =
    reading?.kind === 'call'
      ? checkBounds(reading.call)
      : reading?.kind === 'node'
        ? checkNodeBounds(reading.node)
        : null
  return problem === null ? [] : [{ path: '', message: problem.message }]
}

/** The spans must have passed their schema and `checkSpan`. */
export function spansToTraces(bodies: readonly SpanBody[]): TracesData {
  const resourceSpans = bodies.map((body): ResourceSpans => {
    const { span, scope, resource } = toSource(body)
    return { resource, schemaUrl: '', scopeSpans: [{ scope, schemaUrl: '', spans: [span] }] }
  })
  return { resourceSpans }
}

function toSource(body: SpanBody) {
  const resource = new Map(toAttributes(body.resource))
  if (typeof body.service_name === 'string') resource.set(attribute.serviceName, body.service_name)
  const { name = '', version } = body.scope ?? {}
  const scope = { name, version: version ?? '', attributes: new Map() }
  return { span: toSpan(body), scope, resource: { attributes: resource } }
}

const statusCodes = { unset: 0, ok: 1, error: 2 } as const satisfies Record<string, StatusCode>

function toSpan(body: SpanBody): Span {
  const start = toNanos(body.start_time)
  const status = typeof body.status === 'string' ? { code: body.status, message: null } : body.status
  return {
    traceId: body.trace_id.toLowerCase(),
    spanId: body.span_id.toLowerCase(),
    parentSpanId: body.parent_span_id?.toLowerCase() ?? '',
    traceState: '',
    name: body.name,
    kind: 0,
    startTimeUnixNano: start,
    endTimeUnixNano: toNanos(body.end_time),
    attributes: toAttributes(body.attributes),
    events: (body.events ?? []).map(
      ({ name, time, attributes }): SpanEvent => ({
        name,
        timeUnixNano: time === undefined || time === null ? start : toNanos(time),
        attributes: toAttributes(attributes),
      }),
    ),
    links: (body.links ?? []).map((link) => ({
      traceId: link.trace_id.toLowerCase(),
      spanId: link.span_id.toLowerCase(),
      attributes: new Map(),
    })),
    statusCode: status ? statusCodes[status.code] : 0,
    statusMessage: status?.message ?? '',
  }
}

function toNanos(time: string | number): bigint {
  const nanos = readTime(time)
  if (typeof nanos === 'string') throw new Error(`BUG: a time that was not checked: ${nanos}`)
  return nanos
}

function toAttributes(values: SpanBody['attributes']): Attributes {
  return new Map(Object.entries(values ?? {}).map(([name, value]) => [name, toAnyValue(value)]))
}

function isTooDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepestValue) return true
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []))
  }
  return false
}

/** Objects without Object.prototype, as the decoders make them. */
function toAnyValue(value: unknown): AnyValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(toAnyValue)
  if (typeof value !== 'object' || value === null) return null
  const map: Record<string, AnyValue> = Object.create(null)
  for (const [key, item] of Object.entries(value)) map[key] = toAnyValue(item)
  return map
}
