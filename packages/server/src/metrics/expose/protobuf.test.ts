import type { MetricDefinition } from '@inferometer/core/metrics'
import fc from 'fast-check'
import protobufjs from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../cardinality.ts'
import { NativeBuckets } from '../native-buckets.ts'
import { createRegistry } from '../registry.ts'
import { renderProtobuf } from './protobuf.ts'

/** The parts of io.prometheus.client that are written, decoded by a library that knows nothing of the writer. */
const schema = `
syntax = "proto2";
message LabelPair { optional string name = 1; optional string value = 2; }
message Timestamp { optional int64 seconds = 1; optional int32 nanos = 2; }
message Exemplar { repeated LabelPair label = 1; optional double value = 2; optional Timestamp timestamp = 3; }
message Gauge { optional double value = 1; }
message Counter { optional double value = 1; optional Exemplar exemplar = 2; }
message Bucket { optional uint64 cumulative_count = 1; optional double upper_bound = 2; optional Exemplar exemplar = 3; }
message BucketSpan { optional sint32 offset = 1; optional uint32 length = 2; }
message Histogram {
  optional uint64 sample_count = 1; optional double sample_sum = 2; repeated Bucket bucket = 3;
  optional sint32 schema = 5; optional double zero_threshold = 6; optional uint64 zero_count = 7;
  repeated BucketSpan positive_span = 12; repeated sint64 positive_delta = 13;
}
message Metric { repeated LabelPair label = 1; optional Gauge gauge = 2; optional Counter counter = 3; optional Histogram histogram = 7; }
enum MetricType { COUNTER = 0; GAUGE = 1; HISTOGRAM = 4; }
message MetricFamily { optional string name = 1; optional string help = 2; optional MetricType type = 3; repeated Metric metric = 4; }
`
const familyType = protobufjs.parse(schema, { keepCase: true }).root.lookupType('MetricFamily')

// The shape is that of the schema above.
interface DecodedHistogram {
  sample_count: number
  sample_sum: number
  bucket: { cumulative_count: number; upper_bound: number; exemplar?: unknown }[]
  schema: number
  zero_count: number
  positive_span?: { offset: number; length: number }[]
  positive_delta?: number[]
}
interface DecodedFamily {
  name: string
  help: string
  type: string
  metric: {
    label?: { name: string; value: string }[]
    counter?: { value: number; exemplar?: unknown }
    gauge?: { value: number }
    histogram?: DecodedHistogram
  }[]
}

function decode(bytes: Uint8Array): DecodedFamily[] {
  const reader = protobufjs.Reader.create(bytes)
  const families: DecodedFamily[] = []
  while (reader.pos < reader.len) {
    const message = familyType.decodeDelimited(reader)
    families.push(familyType.toObject(message, { longs: Number, enums: String, defaults: false }) as DecodedFamily)
  }
  return families
}

/** Bucket index to count, as Prometheus reads spans and deltas. */
function expandBuckets({ positive_span = [], positive_delta = [] }: DecodedHistogram): Map<number, number> {
  const counts = new Map<number, number>()
  let index = 0
  let count = 0
  let next = 0
  for (const { offset, length } of positive_span) {
    index += offset
    for (let i = 0; i < length; i++) {
      count += positive_delta[next++] ?? Number.NaN
      counts.set(index++, count)
    }
  }
  expect(next).toBe(positive_delta.length)
  return counts
}

const latency: MetricDefinition = {
  name: 'latency',
  type: 'histogram',
  labels: ['model'],
  help: 'l',
  buckets: [10, 100],
}
const calls: MetricDefinition = { name: 'calls_total', type: 'counter', labels: ['model', 'kind'], help: 'c "é"' }
const exemplar = { traceId: 't', spanId: 's', timestampMs: 1_790_000_000_123.7 }
const decodedExemplar = (value: number) => ({
  label: [
    { name: 'trace_id', value: 't' },
    { name: 'span_id', value: 's' },
  ],
  value,
  timestamp: { seconds: 1_790_000_000, nanos: 124_000_000 },
})

describe('renderProtobuf()', () => {
  it('writes counters and gauges that a protobuf library reads back when labels and numbers are of any size', () => {
    const registry = createRegistry({ limits: defaultLimits })
    const counter = registry.counter(calls, 1000)
    counter.add(['gpt "4"\n', '🙂'.repeat(100)], 1500, exemplar)
    counter.add(['', 'x'], 9_000_000_000_000_000)
    registry.gauge({ name: 'lag', type: 'gauge', labels: [], help: '' }).set([], -2.5)
    registry.gauge({ name: 'cpu_total', type: 'counter', labels: [], help: 'set' }).set([], 7)
    registry.counter({ ...calls, name: 'empty_total' })
    // Twice, for the second takes the labels from where the first left them.
    renderProtobuf(registry.families())
    const families = decode(renderProtobuf(registry.families())).slice(1)
    const label = (model: string, kind: string) => [
      { name: 'model', value: model },
      { name: 'kind', value: kind },
    ]
    expect(families).toEqual([
      {
        name: 'calls_total',
        help: 'c "é"',
        type: 'COUNTER',
        metric: [
          { label: label('gpt "4"\n', '🙂'.repeat(100)), counter: { value: 1.5, exemplar: decodedExemplar(1.5) } },
          { label: label('', 'x'), counter: { value: 9_000_000_000_000 } },
        ],
      },
      { name: 'lag', help: '', type: 'GAUGE', metric: [{ gauge: { value: -2.5 } }] },
      { name: 'cpu_total', help: 'set', type: 'COUNTER', metric: [{ counter: { value: 7 } }] },
    ])
  })

  it('writes classic buckets with exemplars and native buckets of the same observations', () => {
    const value = fc.oneof(fc.double({ min: 0, max: 1e5, noNaN: true }), fc.constantFrom(0, 1, 10, 100, 1e300))
    fc.assert(
      fc.property(fc.array(value, { maxLength: 80 }), (values) => {
        const registry = createRegistry({ limits: defaultLimits })
        const histogram = registry.histogram(latency)
        histogram.observe(['m'], 50, exemplar)
        for (const each of values) histogram.observe(['m'], each)
        const decoded = decode(renderProtobuf(registry.families())).at(-1)?.metric[0]?.histogram
        if (decoded === undefined) throw new Error('no histogram')
        const all = [50, ...values]
        const upTo = (bound: number) => all.filter((each) => each <= bound).length
        expect(decoded.sample_count).toBe(all.length)
        expect(decoded.sample_sum).toBe(all.reduce((sum, each) => sum + each, 0))
        expect(decoded.bucket).toEqual([
          { cumulative_count: upTo(10), upper_bound: 10 },
          { cumulative_count: upTo(100), upper_bound: 100, exemplar: decodedExemplar(50) },
          { cumulative_count: all.length, upper_bound: Number.POSITIVE_INFINITY },
        ])
        const native = new NativeBuckets()
        for (const each of all) native.observe(each)
        const filled = [...native.counts].flatMap((count, i) =>
          count > 0 ? [[native.offset + i, count] as const] : [],
        )
        expect([decoded.schema, decoded.zero_count]).toEqual([native.schema, native.zeroCount])
        expect([...expandBuckets(decoded)]).toEqual(filled)
      }),
    )
  })
})
