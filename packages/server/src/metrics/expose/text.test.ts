import type { MetricDefinition } from '@inferometer/core/metrics'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../cardinality.ts'
import { createRegistry, type Family, type Registry } from '../registry.ts'
import { parseText } from './parse-text.cases.ts'
import { renderText, type TextFormat } from './text.ts'

const calls: MetricDefinition = { name: 'calls_total', type: 'counter', labels: ['model', 'service_name'], help: 'c' }
const depth: MetricDefinition = { name: 'depth', type: 'gauge', labels: ['model'], help: 'd' }
const latency: MetricDefinition = {
  name: 'latency_ms_total',
  type: 'histogram',
  labels: ['model'],
  help: 'A "help" with \\ and\na second line',
  buckets: [0.5, 10, 1e21],
}

/** What the samples of a family must be, from the registry itself. */
function expectedSamples(family: Family): unknown[] {
  const labelsOf = (labelValues: readonly string[]) =>
    Object.fromEntries(family.definition.labels.map((label, i) => [label, labelValues[i]]))
  const { name } = family.definition
  if (family.kind === 'counter')
    return family.all.map(({ labelValues, total, parts }) => [name, labelsOf(labelValues), total + parts / 1000])
  if (family.kind === 'gauge') return family.all.map(({ labelValues, value }) => [name, labelsOf(labelValues), value])
  return family.all.flatMap(({ labelValues, counts, count, sum }) => {
    const labels = labelsOf(labelValues)
    const bounds = ['0.5', '10.0', '1e+21', '+Inf']
    const buckets = bounds.map((le, i) => [
      `${name}_bucket`,
      { ...labels, le },
      counts.slice(0, i + 1).reduce((total, each) => total + each, 0),
    ])
    return [...buckets, [`${name}_sum`, labels, sum], [`${name}_count`, labels, count]]
  })
}

function expectParsesBack(registry: Registry, format: TextFormat): void {
  const families = registry.families()
  const parsed = parseText(renderText(families, format), format)
  expect(parsed.map(({ help }) => help)).toEqual(families.map(({ definition }) => definition.help))
  families.forEach((family, i) => {
    const samples = parsed[i]?.samples.map(({ name, labels, value }) => [
      name,
      labels,
      Number(value.replace('+Inf', 'Infinity')),
    ])
    expect(samples).toEqual(expectedSamples(family))
  })
}

const hostile = [
  '',
  '"',
  '\\',
  '\n',
  '\\n',
  'a"b\\c\nd',
  '\\"',
  'a\r\nb',
  '{x="y"} 1',
  '# EOF',
  '\u0000',
  '\u2028',
  '\u{1f600}',
  '🇩🇪',
]
const labelValue = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary', maxLength: 12 }))

describe('renderText()', () => {
  it.each(['prometheus', 'openmetrics'] as const)(
    '%s text parses back to the registry when label values are hostile',
    (format) => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(labelValue, labelValue, fc.double({ min: 0, max: 1e22, noNaN: true }), fc.maxSafeNat())),
          (updates) => {
            const registry = createRegistry({ limits: defaultLimits })
            const metrics = {
              calls: registry.counter(calls),
              cost: registry.counter({ ...calls, name: 'cost_total' }, 1000),
              depth: registry.gauge(depth),
              latency: registry.histogram(latency),
            }
            for (const [model, service, value, nano] of updates) {
              metrics.calls.add([model, service], value)
              metrics.cost.add([model, service], nano % 1e12)
              metrics.depth.set([model], value)
              metrics.latency.observe([model], value, { traceId: service, spanId: model, timestampMs: 1 })
            }
            expectParsesBack(registry, format)
          },
        ),
      )
    },
  )

  it('writes exactly this when the format is Prometheus text', () => {
    const registry = createRegistry({ limits: defaultLimits })
    const cost = registry.counter({ ...calls, name: 'cost_total', labels: ['model'] }, 1000)
    cost.add(['a "b"'], 1500)
    cost.add(['c'], 2_000_000)
    registry.gauge(depth).set(['m'], Number.POSITIVE_INFINITY)
    registry.histogram(latency).observe(['m'], 10, { traceId: 't', spanId: 's', timestampMs: 1 })
    const text = renderText(registry.families().slice(2), 'prometheus')
    expect(text).toBe(`# HELP cost_total c
# TYPE cost_total counter
cost_total{model="a \\"b\\""} 1.5
cost_total{model="c"} 2000
# HELP depth d
# TYPE depth gauge
depth{model="m"} +Inf
# HELP latency_ms_total A "help" with \\\\ and\\na second line
# TYPE latency_ms_total histogram
latency_ms_total_bucket{model="m",le="0.5"} 0
latency_ms_total_bucket{model="m",le="10.0"} 1
latency_ms_total_bucket{model="m",le="1e+21"} 1
latency_ms_total_bucket{model="m",le="+Inf"} 1
latency_ms_total_sum{model="m"} 10
latency_ms_total_count{model="m"} 1
`)
  })

  it('writes exactly this when the format is OpenMetrics', () => {
    const registry = createRegistry({ limits: defaultLimits })
    const exemplar = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), timestampMs: 1_790_000_000_123.4 }
    registry.counter(calls).add(['m', 's'], 2, exemplar)
    registry.histogram({ ...latency, labels: [], help: 'l' }).observe([], 0.25, exemplar)
    const shown = `# {trace_id="${exemplar.traceId}",span_id="${exemplar.spanId}"}`
    expect(renderText(registry.families().slice(2), 'openmetrics')).toBe(`# HELP calls c
# TYPE calls counter
calls_total{model="m",service_name="s"} 2 ${shown} 2 1790000000.123
# HELP latency_ms_total l
# TYPE latency_ms_total histogram
latency_ms_total_bucket{le="0.5"} 1 ${shown} 0.25 1790000000.123
latency_ms_total_bucket{le="10.0"} 1
latency_ms_total_bucket{le="1e+21"} 1
latency_ms_total_bucket{le="+Inf"} 1
latency_ms_total_sum 0.25
latency_ms_total_count 1
# EOF
`)
  })
})
