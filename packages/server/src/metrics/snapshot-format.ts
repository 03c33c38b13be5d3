/**
 * A snapshot as bytes. Layout, in varints, doubles and text after its length:
 *
 *     magic, version, texts
 *     metrics: name, labels, kind, and then
 *       counter:   partsPerUnit, series: label values, total, parts
 *       histogram: bounds, series: label values, sum, counts, schema, zero count, offset, native counts
 *
 * Lists have their length in front. Label values are positions in the list of texts.
 */
import { ByteReader, MalformedBytes } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import type { Counter } from './counter.ts'
import type { Histogram, HistogramState } from './histogram.ts'

const magic = 'inferometer-metrics'
export const snapshotVersion = 1
const kindNumber = { counter: 0, histogram: 1 } as const

interface SavedSeries<State> {
  readonly labelValues: readonly string[]
  readonly state: State
}

interface SavedBase {
  readonly name: string
  readonly labels: readonly string[]
}

export interface SavedCounter extends SavedBase {
  readonly kind: 'counter'
  readonly partsPerUnit: number
  readonly series: readonly SavedSeries<{ readonly total: number; readonly parts: number }>[]
}

export interface SavedHistogram extends SavedBase {
  readonly kind: 'histogram'
  readonly bounds: readonly number[]
  readonly series: readonly SavedSeries<HistogramState>[]
}

export type SavedMetric = SavedCounter | SavedHistogram

export function encodeSnapshot(families: readonly (Counter | Histogram)[]): Uint8Array {
  const texts = new Map<string, number>()
  const body = new ByteWriter()
  const writeValues = (labelValues: readonly string[]) => {
    for (const value of labelValues) {
      const position = texts.get(value) ?? texts.size
      texts.set(value, position)
      body.varint(position)
    }
  }
  body.varint(families.length)
  for (const family of families) {
    body.text(family.definition.name)
    body.varint(family.definition.labels.length)
    for (const label of family.definition.labels) body.text(label)
    body.varint(kindNumber[family.kind])
    if (family.kind === 'counter') writeCounter(body, family, writeValues)
    else writeHistogram(body, family, writeValues)
  }
  return joinParts(texts, body)
}

type WriteValues = (labelValues: readonly string[]) => void

function writeCounter(body: ByteWriter, { partsPerUnit, all }: Counter, writeValues: WriteValues): void {
  body.varint(partsPerUnit)
  body.varint(all.length)
  for (const { labelValues, total, parts } of all) {
    writeValues(labelValues)
    body.double(total)
    body.varint(parts)
  }
}

function writeHistogram(body: ByteWriter, { bounds, all }: Histogram, writeValues: WriteValues): void {
  body.varint(bounds.length)
  for (const bound of bounds) body.double(bound)
  body.varint(all.length)
  for (const { labelValues, sum, counts, native } of all) {
    writeValues(labelValues)
    body.double(sum)
    for (const count of counts) body.varint(count)
    body.zigzag(native.schema)
    body.varint(native.zeroCount)
    body.zigzag(native.offset)
    body.varint(native.counts.length)
    for (const count of native.counts) body.varint(count)
  }
}

function joinParts(texts: ReadonlyMap<string, number>, body: ByteWriter): Uint8Array {
  const out = new ByteWriter()
  out.text(magic)
  out.varint(snapshotVersion)
  out.varint(texts.size)
  for (const text of texts.keys()) out.text(text)
  out.raw(body.copyFrom(0))
  return out.copyFrom(0)
}

/** Throws MalformedBytes, saying why, on anything that is no whole snapshot of this version. */
export function decodeSnapshot(bytes: Uint8Array): SavedMetric[] {
  const reader = new ByteReader(bytes)
  if (reader.text() !== magic) throw new MalformedBytes('it is no snapshot of metrics')
  const version = reader.varint()
  if (version !== snapshotVersion) throw new MalformedBytes(`its version is ${version}, not ${snapshotVersion}`)
  const texts = reader.list(() => reader.text())
  const metrics = reader.list(() => readMetric(reader, texts))
  if (!reader.isAtEnd) throw new MalformedBytes('something follows its end')
  return metrics
}

function readMetric(reader: ByteReader, texts: readonly string[]): SavedMetric {
  const name = reader.text()
  const labels = reader.list(() => reader.text())
  const readValues = () => labels.map(() => readText(reader, texts))
  const kind = reader.varint()
  if (kind === kindNumber.counter) {
    const partsPerUnit = reader.varint()
    const series = reader.list(() => ({ labelValues: readValues(), state: readCounter(reader) }))
    return { kind: 'counter', name, labels, partsPerUnit, series }
  }
  if (kind !== kindNumber.histogram) throw new MalformedBytes(`${name} is of an unknown kind`)
  const bounds = reader.list(() => reader.double())
  const series = reader.list(() => ({ labelValues: readValues(), state: readHistogram(reader, bounds) }))
  return { kind: 'histogram', name, labels, bounds, series }
}

function readText(reader: ByteReader, texts: readonly string[]): string {
  const text = texts[reader.varint()]
  if (text === undefined) throw new MalformedBytes('a label value is not in its list')
  return text
}

function readCounter(reader: ByteReader): { total: number; parts: number } {
  return { total: readAmount(reader), parts: reader.varint() }
}

function readHistogram(reader: ByteReader, bounds: readonly number[]): HistogramState {
  const sum = readAmount(reader)
  const counts = Array.from({ length: bounds.length + 1 }, () => reader.varint())
  const schema = reader.zigzag()
  if (schema < -4 || schema > 8) throw new MalformedBytes(`there is no schema ${schema} of native histograms`)
  const zeroCount = reader.varint()
  const offset = reader.zigzag()
  return { bounds, counts, sum, native: { schema, zeroCount, offset, counts: reader.list(() => reader.varint()) } }
}

function readAmount(reader: ByteReader): number {
  const amount = reader.double()
  if (!(amount >= 0 && amount < Number.POSITIVE_INFINITY)) throw new MalformedBytes(`a total is ${amount}`)
  return amount
}
