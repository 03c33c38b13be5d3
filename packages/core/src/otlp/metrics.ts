/**
 * Metrics are not taken in; their data points are counted, so that a sender can be told how many were refused.
 * Source: opentelemetry-proto v1, metrics.proto and metrics_service.proto.
 */
import { DecodeTally } from './decode-limits.ts'
import { single } from './field-path.ts'
import { type JsonObject, JsonReader } from './json-reader.ts'
import { Reader } from './reader.ts'

/** Fields of Metric that hold data points. The tags are those of fields 5, 7, 9, 10 and 11. */
const kindByTag = new Map([
  [0x2a, 'gauge'],
  [0x3a, 'sum'],
  [0x4a, 'histogram'],
  [0x52, 'exponentialHistogram'],
  [0x5a, 'summary'],
])

/** Data points of an ExportMetricsServiceRequest. Throws DecodeError when the bytes are no such message. */
export function countMetricDataPoints(bytes: Uint8Array): number {
  const reader = new Reader(bytes, new DecodeTally({}))
  return countFields(reader, 0x0a, (index) => {
    // 1 resource_metrics, 2 scope_metrics, 2 metrics
    reader.enter('resourceMetrics', index)
    const count = countFields(reader, 0x12, (scopeIndex) => {
      reader.enter('scopeMetrics', scopeIndex)
      const scopeCount = countFields(reader, 0x12, (metricIndex) => countOfMetric(reader, metricIndex))
      reader.leave()
      return scopeCount
    })
    reader.leave()
    return count
  })
}

/** The sum of `count` over the fields with this tag in the message the reader is in. */
function countFields(reader: Reader, tag: number, count: (index: number) => number): number {
  let sum = 0
  let index = 0
  while (reader.next()) {
    if (reader.tag === tag) sum += count(index++)
    else reader.skip()
  }
  return sum
}

function countOfMetric(reader: Reader, index: number): number {
  let sum = 0
  reader.enter('metrics', index)
  while (reader.next()) {
    const kind = kindByTag.get(reader.tag)
    if (kind === undefined) {
      reader.skip()
      continue
    }
    reader.enter(kind, single)
    // 1 data_points
    sum += countFields(reader, 0x0a, () => {
      reader.skip()
      return 1
    })
    reader.leave()
  }
  reader.leave()
  return sum
}

/** The same for OTLP/JSON text. */
export function countMetricDataPointsJson(text: string): number {
  const reader = new JsonReader(text, new DecodeTally({}))
  let sum = 0
  const countMetric = (metric: JsonObject) => {
    for (const kind of kindByTag.values()) {
      reader.message(metric, kind, (points) => reader.forEach(points, 'dataPoints', () => sum++))
    }
  }
  reader.forEach(reader.root, 'resourceMetrics', (group) => {
    reader.forEach(group, 'scopeMetrics', (scopeGroup) => reader.forEach(scopeGroup, 'metrics', countMetric))
  })
  return sum
}
