/** Arbitrary OTLP data for property tests. Strings are well-formed: lone surrogates have no place in UTF-8. */
import fc from 'fast-check'
import type {
  AnyValue,
  Attributes,
  LogRecord,
  LogsData,
  Resource,
  Scope,
  Span,
  SpanKind,
  StatusCode,
  TracesData,
} from './model.ts'

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ minLength: 50, maxLength: 200 }),
  fc.string({ unit: 'binary', minLength: 40, maxLength: 100 }),
)
const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const hugeInteger = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  .filter((value) => !Number.isSafeInteger(Number(value)))

export const anyValue: fc.Arbitrary<AnyValue> = fc.letrec<{ value: AnyValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    text,
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.integer({ min: -300, max: 300 }),
    fc.double(),
    hugeInteger,
    fc.uint8Array({ maxLength: 20 }),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
})).value

const attributes: fc.Arbitrary<Attributes> = fc
  .uniqueArray(fc.tuple(text, anyValue), { maxLength: 6, selector: ([key]) => key })
  .map((entries) => new Map(entries))

function id(length: number): fc.Arbitrary<string> {
  return fc
    .uint8Array({ minLength: length / 2, maxLength: length / 2 })
    .filter((bytes) => bytes.some((byte) => byte !== 0))
    .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''))
}

function idOrNone(length: number): fc.Arbitrary<string> {
  return fc.oneof(id(length), fc.constant(''))
}

const resource: fc.Arbitrary<Resource> = fc.record({ attributes })
const scope: fc.Arbitrary<Scope> = fc.record({ name: text, version: text, attributes })

const span: fc.Arbitrary<Span> = fc.record({
  traceId: id(32),
  spanId: id(16),
  parentSpanId: idOrNone(16),
  traceState: text,
  name: text,
  kind: fc.constantFrom<SpanKind>(0, 1, 2, 3, 4, 5),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  events: fc.array(fc.record({ timeUnixNano: nanos, name: text, attributes }), { maxLength: 3 }),
  links: fc.array(fc.record({ traceId: id(32), spanId: id(16), attributes }), { maxLength: 2 }),
  statusCode: fc.constantFrom<StatusCode>(0, 1, 2),
  statusMessage: text,
})

const logRecord: fc.Arbitrary<LogRecord> = fc.record({
  timeUnixNano: nanos,
  observedTimeUnixNano: nanos,
  severityNumber: fc.integer({ min: 0, max: 24 }),
  severityText: text,
  body: anyValue,
  attributes,
  traceId: idOrNone(32),
  spanId: idOrNone(16),
  eventName: text,
})

function few<T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(item, { maxLength: 3 })
}

export const tracesData: fc.Arbitrary<TracesData> = fc.record({
  resourceSpans: few(
    fc.record({
      resource,
      schemaUrl: text,
      scopeSpans: few(fc.record({ scope, schemaUrl: text, spans: few(span) })),
    }),
  ),
})

export const logsData: fc.Arbitrary<LogsData> = fc.record({
  resourceLogs: few(
    fc.record({
      resource,
      schemaUrl: text,
      scopeLogs: few(fc.record({ scope, schemaUrl: text, logRecords: few(logRecord) })),
    }),
  ),
})
