/**
 * Length-delimited io.prometheus.client.MetricFamily messages: the one format that carries native histograms.
 * Field numbers: https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto
 *
 * A histogram carries its classic buckets too, and the exemplars hang on them: Prometheus takes them from there
 * whichever of the two it keeps.
 */
import type { MetricType } from '@inferometer/core/metrics'
import { ByteWriter } from '../byte-writer.ts'
import type { CounterSeries } from '../counter.ts'
import type { StoredExemplar } from '../exemplar.ts'
import type { HistogramSeries } from '../histogram.ts'
import { type NativeState, zeroThreshold } from '../native-buckets.ts'
import type { Family } from '../registry.ts'
import type { Series } from '../series.ts'

const wire = { varint: 0, double: 1, bytes: 2 } as const
const typeNumber: Readonly<Record<MetricType, number>> = { counter: 0, gauge: 1, histogram: 4 }
/** Fields of Metric. */
const valueField = { gauge: 2, counter: 3, histogram: 7 } as const

export function renderProtobuf(families: readonly Family[]): Uint8Array {
  const out = new ByteWriter()
  for (const family of families) {
    if (family.all.length === 0) continue
    const start = out.length
    writeFamily(out, family)
    out.prependLength(start)
  }
  return out.copyFrom(0)
}

function writeFamily(out: ByteWriter, family: Family): void {
  const { name, help, type, labels } = family.definition
  writeText(out, 1, name)
  writeText(out, 2, help)
  writeVarint(out, 3, typeNumber[type])
  const write = (series: Series, writeValue: () => void) =>
    writeMessage(out, 4, () => {
      writeLabels(out, labels, series)
      writeMessage(out, valueField[type], writeValue)
    })
  if (family.kind === 'counter')
    for (const series of family.all) write(series, () => writeCounter(out, series, family.partsPerUnit))
  else if (family.kind === 'gauge')
    for (const series of family.all) write(series, () => writeDouble(out, 1, series.value))
  else for (const series of family.all) write(series, () => writeHistogram(out, series))
}

/** The labels never change, so their bytes are written once and kept. */
function writeLabels(out: ByteWriter, labels: readonly string[], series: Series): void {
  if (series.labelBytes !== undefined) {
    out.raw(series.labelBytes)
    return
  }
  const start = out.length
  labels.forEach((label, i) => {
    writeLabelPair(out, label, series.labelValues[i] ?? '')
  })
  series.labelBytes = out.copyFrom(start)
}

function writeLabelPair(out: ByteWriter, label: string, value: string): void {
  writeMessage(out, 1, () => {
    writeText(out, 1, label)
    writeText(out, 2, value)
  })
}

function writeCounter(out: ByteWriter, { total, parts, exemplar }: CounterSeries, partsPerUnit: number): void {
  writeDouble(out, 1, total + parts / partsPerUnit)
  if (exemplar !== undefined) writeMessage(out, 2, () => writeExemplar(out, exemplar))
}

function writeHistogram(out: ByteWriter, series: HistogramSeries): void {
  writeVarint(out, 1, series.count)
  writeDouble(out, 2, series.sum)
  let cumulative = 0
  series.counts.forEach((count, i) => {
    cumulative += count
    writeMessage(out, 3, () => {
      writeVarint(out, 1, cumulative)
      writeDouble(out, 2, series.bounds[i] ?? Number.POSITIVE_INFINITY)
      const exemplar = series.exemplars?.[i]
      if (exemplar !== undefined) writeMessage(out, 3, () => writeExemplar(out, exemplar))
    })
  })
  writeNative(out, series.native)
}

/** The zero threshold, which is always there, tells a native histogram without observations from a classic one. */
function writeNative(out: ByteWriter, native: NativeState): void {
  writeTag(out, 5, wire.varint)
  out.zigzag(native.schema)
  writeDouble(out, 6, zeroThreshold)
  writeVarint(out, 7, native.zeroCount)
  const { counts, offset } = native
  const deltas: number[] = []
  let previous = 0
  let spanEnd: number | undefined
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue
    const first = i
    for (; i < counts.length && counts[i] !== 0; i++) {
      const count = counts[i] ?? 0
      deltas.push(count - previous)
      previous = count
    }
    writeSpan(out, spanEnd === undefined ? offset + first : first - spanEnd, i - first)
    spanEnd = i
  }
  if (deltas.length === 0) return
  writeMessage(out, 13, () => {
    for (const delta of deltas) out.zigzag(delta)
  })
}

/** `offset`: the index of the first span; of a later one, the gap to the span before. */
function writeSpan(out: ByteWriter, offset: number, length: number): void {
  writeMessage(out, 12, () => {
    writeTag(out, 1, wire.varint)
    out.zigzag(offset)
    writeVarint(out, 2, length)
  })
}

function writeExemplar(out: ByteWriter, { traceId, spanId, value, timestampMs }: StoredExemplar): void {
  writeLabelPair(out, 'trace_id', traceId)
  writeLabelPair(out, 'span_id', spanId)
  writeDouble(out, 2, value)
  const wholeMs = Math.max(0, Math.round(timestampMs))
  writeMessage(out, 3, () => {
    writeVarint(out, 1, Math.floor(wholeMs / 1000))
    writeVarint(out, 2, (wholeMs % 1000) * 1_000_000)
  })
}

function writeTag(out: ByteWriter, field: number, wireType: number): void {
  out.varint(field * 8 + wireType)
}

function writeVarint(out: ByteWriter, field: number, value: number): void {
  writeTag(out, field, wire.varint)
  out.varint(value)
}

function writeDouble(out: ByteWriter, field: number, value: number): void {
  writeTag(out, field, wire.double)
  out.double(value)
}

function writeText(out: ByteWriter, field: number, value: string): void {
  writeTag(out, field, wire.bytes)
  out.text(value)
}

function writeMessage(out: ByteWriter, field: number, writeFields: () => void): void {
  writeTag(out, field, wire.bytes)
  const start = out.length
  writeFields()
  out.prependLength(start)
}
