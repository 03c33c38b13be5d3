import type { MetricDefinition } from '@inferometer/core/metrics'

/** What every series has: its labels, and their forms on the wire, which never change and are therefore made once. */
export class Series {
  readonly labelValues: readonly string[]
  /** `model="a",provider="b"`, escaped as both text formats want it. */
  readonly labelText: string
  /** The LabelPair fields of io.prometheus.client.Metric; written by the first scrape that wants protobuf. */
  labelBytes: Uint8Array | undefined = undefined

  constructor(definition: MetricDefinition, labelValues: readonly string[]) {
    this.labelValues = labelValues
    this.labelText = definition.labels
      .map((label, i) => `${label}="${escapeLabelValue(labelValues[i] ?? '')}"`)
      .join(',')
  }
}

const needsEscape = /[\\"\n]/
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' }

/** Source: https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information */
export function escapeLabelValue(value: string): string {
  return needsEscape.test(value) ? value.replace(/[\\"\n]/g, (character) => escapes[character] ?? character) : value
}
