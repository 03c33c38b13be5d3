/** The body of Prometheus remote write 1.0. Source: https://prometheus.io/docs/specs/prw/remote_write_spec/ */
import { Writer } from '@inferometer/core/otlp/writer'

export type Label = readonly [name: string, value: string]

/** The value of one series. Labels without `__name__`. */
export interface Sample {
  readonly name: string
  readonly labels: readonly Label[]
  readonly value: number
}

export interface WriteRequest {
  /** Milliseconds since the Unix epoch. */
  readonly timestampMs: number
  /** Labels that every series gets. */
  readonly labels: readonly Label[]
}

export function encodeWriteRequest(samples: readonly Sample[], { timestampMs, labels }: WriteRequest): Uint8Array {
  const writer = new Writer()
  for (const sample of samples) {
    const series = writer.open(0x0a) // 1 timeseries
    for (const [name, value] of sortLabels(sample, labels)) {
      const label = writer.open(0x0a) // 1 labels
      writer.string(0x0a, name)
      writer.string(0x12, value)
      writer.close(label)
    }
    const point = writer.open(0x12) // 2 samples
    writer.double(0x09, sample.value)
    writer.int64(0x10, timestampMs)
    writer.close(point)
    writer.close(series)
  }
  return writer.finish()
}

/** By name, as the specification wants it, and without empty values, which it forbids. */
function sortLabels({ name, labels }: Sample, added: readonly Label[]): readonly Label[] {
  const all: Label[] = [['__name__', name], ...added, ...labels]
  return all.filter(([, value]) => value !== '').sort(([one], [other]) => (one < other ? -1 : 1))
}
