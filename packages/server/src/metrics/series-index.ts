import type { MetricDefinition } from '@inferometer/core/metrics'
import type { Admission } from './cardinality.ts'

class Node<S> {
  children: Map<string, Node<S>> | undefined = undefined
  series: S | undefined = undefined
}

/**
 * The series of one metric by their label values: one map per label, nested. Looking up four short strings this way takes
 * less time than joining them into one key and hashing that.
 */
export class SeriesIndex<S> {
  readonly definition: MetricDefinition
  /** In order of their making. */
  readonly all: S[] = []
  private readonly admission: Admission
  private readonly createSeries: (labelValues: readonly string[]) => S
  private readonly root = new Node<S>()

  constructor(definition: MetricDefinition, admission: Admission, createSeries: (labelValues: readonly string[]) => S) {
    this.definition = definition
    this.admission = admission
    this.createSeries = createSeries
    // A metric without labels has its one series from the start, so that it is seen as zero and not as absent.
    if (definition.labels.length === 0) this.insert([])
  }

  /** The series of these label values, one per label of the definition in its order; made when it does not exist. */
  get(labelValues: readonly string[]): S {
    return this.find(labelValues) ?? this.admit(labelValues)
  }

  private find(labelValues: readonly string[]): S | undefined {
    let node: Node<S> | undefined = this.root
    for (const value of labelValues) {
      node = node.children?.get(value)
      if (node === undefined) return undefined
    }
    return node.series
  }

  private admit(labelValues: readonly string[]): S {
    const { name, labels } = this.definition
    if (labelValues.length !== labels.length)
      throw new Error(`BUG: ${name} has the labels ${labels.join(', ')} and was given ${labelValues.length} values`)
    const admitted = this.admission.admitValues(this.definition, labelValues)
    return this.find(admitted) ?? this.insert(this.admission.admitSeries(this.definition, admitted))
  }

  private insert(labelValues: readonly string[]): S {
    let node = this.root
    for (const value of labelValues) {
      node.children ??= new Map()
      let child = node.children.get(value)
      if (child === undefined) {
        child = new Node()
        node.children.set(value, child)
      }
      node = child
    }
    if (node.series === undefined) {
      node.series = this.createSeries(labelValues)
      this.all.push(node.series)
    }
    return node.series
  }
}
