/**
 * The text formats: Prometheus 0.0.4 and OpenMetrics 1.0.0.
 * Sources: https://prometheus.io/docs/instrumenting/exposition_formats/ and https://prometheus.io/docs/specs/om/open_metrics_spec/
 *
 * OpenMetrics comes without `_created`: Prometheus would store each as a series of its own, and the counters here
 * outlive the process anyway.
 */
import type { Counter } from '../counter.ts'
import type { StoredExemplar } from '../exemplar.ts'
import type { Gauge } from '../gauge.ts'
import type { Histogram, HistogramSeries } from '../histogram.ts'
import type { Family } from '../registry.ts'
import { escapeLabelValue } from '../series.ts'
import { formatBound, formatCounter, formatNumber } from './format-number.ts'

export type TextFormat = 'prometheus' | 'openmetrics'

export function renderText(families: readonly Family[], format: TextFormat): string {
  let text = ''
  for (const family of families) text += renderHead(family, format) + renderSamples(family, format)
  return format === 'openmetrics' ? `${text}# EOF\n` : text
}

function renderHead({ definition }: Family, format: TextFormat): string {
  const { name, type, help } = definition
  // In OpenMetrics the suffix belongs to a counter's sample and not to its family.
  const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name
  return `# HELP ${family} ${escapeHelp(help, format)}\n# TYPE ${family} ${type}\n`
}

function escapeHelp(help: string, format: TextFormat): string {
  if (format === 'openmetrics') return escapeLabelValue(help)
  return help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
}

function renderSamples(family: Family, format: TextFormat): string {
  const showsExemplars = format === 'openmetrics'
  if (family.kind === 'counter') return renderCounter(family, showsExemplars)
  return family.kind === 'gauge' ? renderGauge(family) : renderHistogram(family, showsExemplars)
}

function renderCounter({ definition, all }: Counter, showsExemplars: boolean): string {
  let text = ''
  for (const series of all) {
    text += `${definition.name}${inBraces(series.labelText)} ${formatCounter(series)}`
    text += showsExemplars ? `${renderExemplar(series.exemplar)}\n` : '\n'
  }
  return text
}

function renderGauge({ definition, all }: Gauge): string {
  let text = ''
  for (const { labelText, value } of all) text += `${definition.name}${inBraces(labelText)} ${formatNumber(value)}\n`
  return text
}

function renderHistogram({ definition, bounds, all }: Histogram, showsExemplars: boolean): string {
  const bucketEnds = [...bounds, Number.POSITIVE_INFINITY].map((bound) => `le="${formatBound(bound)}"} `)
  let text = ''
  for (const series of all) {
    const labels = inBraces(series.labelText)
    text += renderBuckets(series, { name: definition.name, bucketEnds, showsExemplars })
    text += `${definition.name}_sum${labels} ${formatNumber(series.sum)}\n`
    text += `${definition.name}_count${labels} ${series.count}\n`
  }
  return text
}

interface BucketStyle {
  readonly name: string
  /** The end of each bucket's labels, from `le` on. */
  readonly bucketEnds: readonly string[]
  readonly showsExemplars: boolean
}

function renderBuckets(series: HistogramSeries, { name, bucketEnds, showsExemplars }: BucketStyle): string {
  const start = `${name}_bucket{${series.labelText}${series.labelText === '' ? '' : ','}`
  const exemplars = showsExemplars ? series.exemplars : undefined
  let text = ''
  let cumulative = 0
  for (let i = 0; i < bucketEnds.length; i++) {
    cumulative += series.counts[i] ?? 0
    text += start + bucketEnds[i] + cumulative
    text += exemplars === undefined ? '\n' : `${renderExemplar(exemplars[i])}\n`
  }
  return text
}

function renderExemplar(exemplar: StoredExemplar | undefined): string {
  if (exemplar === undefined) return ''
  const { traceId, spanId, value, timestampMs } = exemplar
  const labels = `trace_id="${escapeLabelValue(traceId)}",span_id="${escapeLabelValue(spanId)}"`
  return ` # {${labels}} ${formatNumber(value)} ${(timestampMs / 1000).toFixed(3)}`
}

function inBraces(labelText: string): string {
  return labelText === '' ? '' : `{${labelText}}`
}
