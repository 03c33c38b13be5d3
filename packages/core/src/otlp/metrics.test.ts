import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DecodeError } from './decode-error.ts'
import { countMetricDataPoints, countMetricDataPointsJson } from './metrics.ts'
import { encodeReference } from './reference-proto.cases.ts'

const kinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary']
const metric = fc.record({ kind: fc.constantFrom(...kinds), count: fc.nat(5) }).map(({ kind, count }) => ({
  name: 'm',
  unit: 's',
  [kind]: { dataPoints: Array.from({ length: count }, () => ({ asDouble: 1.5 })), aggregationTemporality: 2 },
  count,
}))
const request = fc.array(fc.array(fc.array(metric, { maxLength: 4 }), { maxLength: 3 }), { maxLength: 3 })

it('countMetricDataPoints() and countMetricDataPointsJson() count the points of every kind of metric', () => {
  fc.assert(
    fc.property(request, (groups) => {
      const resourceMetrics = groups.map((scopes) => ({ scopeMetrics: scopes.map((metrics) => ({ metrics })) }))
      const expected = groups.flat(2).reduce((sum, { count }) => sum + count, 0)
      const message = { resourceMetrics }
      expect(countMetricDataPoints(encodeReference('ExportMetricsServiceRequest', message))).toBe(expected)
      expect(countMetricDataPointsJson(JSON.stringify(message))).toBe(expected)
    }),
  )
})

it('countMetricDataPoints() throws DecodeError when the bytes are no metrics', () => {
  expect(() => countMetricDataPoints(new Uint8Array([0x0a, 5, 0]))).toThrow(DecodeError)
  expect(() => countMetricDataPointsJson('{"resourceMetrics": 1}')).toThrow(DecodeError)
})
