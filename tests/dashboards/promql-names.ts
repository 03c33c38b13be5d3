/** What a PromQL expression names, from its syntax tree. */
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

export interface PromqlNames {
  /** Metrics with the labels their selectors match on. */
  readonly selectors: readonly { readonly metric: string; readonly labels: readonly string[] }[]
  /** Labels in by, on, ignoring, group_left … */
  readonly groupings: readonly string[]
}

/** Throws where the expression is no PromQL; syntax only: `rate(x)` passes. */
export function readPromqlNames(promql: string): PromqlNames {
  const selectors: { metric: string; labels: string[] }[] = []
  const groupings: string[] = []
  const textOf = ({ from, to }: SyntaxNode) => promql.slice(from, to)
  const labelsIn = (node: SyntaxNode): string[] => {
    const found: string[] = []
    node.cursor().iterate((inner) => {
      if (inner.name === 'LabelName') found.push(promql.slice(inner.from, inner.to))
    })
    return found
  }
  parser.parse(promql).iterate({
    enter({ type, node }) {
      if (type.isError) throw new Error(`${promql}\nis no PromQL near “${promql.slice(node.from, node.from + 40)}”`)
      if (type.name === 'VectorSelector') {
        const name = node.getChild('Identifier')
        const matchers = node.getChild('LabelMatchers')
        selectors.push({ metric: name ? textOf(name) : '', labels: matchers ? labelsIn(matchers) : [] })
      }
      if (type.name === 'GroupingLabels') groupings.push(...labelsIn(node))
    },
  })
  return { selectors, groupings }
}
