/** Calls and nodes of one trace → the tree they make. */
import type { LlmCall } from '@inferometer/core/call'
import type { TraceNode } from '@inferometer/core/trace-node'

export type TraceItem =
  | { readonly call: LlmCall; readonly node: null }
  | { readonly call: null; readonly node: TraceNode }

export interface Branch {
  readonly item: TraceItem
  readonly children: Branch[]
}

/** Roots, and the children of each, by start time. A span whose parent is not kept is a root. */
export function toTree(calls: readonly LlmCall[], nodes: readonly TraceNode[]): readonly Branch[] {
  const branches = new Map<string, Branch>()
  for (const node of nodes) branches.set(node.spanId, { item: { call: null, node }, children: [] })
  for (const call of calls) branches.set(call.spanId, { item: { call, node: null }, children: [] })
  const roots: Branch[] = []
  for (const branch of [...branches.values()].sort(byStart)) {
    const parent = findParent(branch, branches)
    if (parent === null) roots.push(branch)
    else parent.children.push(branch)
  }
  return roots
}

const spanOf = ({ item }: Branch) => item.call ?? item.node
const byStart = (one: Branch, other: Branch) => spanOf(one).startTimeUs - spanOf(other).startTimeUs

/** Null for roots. Spans that are above each other in a circle, which no honest sender makes, have no root: each is one. */
function findParent(branch: Branch, branches: ReadonlyMap<string, Branch>): Branch | null {
  const above = (at: Branch) => branches.get(spanOf(at).parentSpanId ?? '') ?? null
  const parent = above(branch)
  const passed = new Set<Branch>([branch])
  for (let at = parent; at !== null; at = above(at)) {
    if (passed.has(at)) return null
    passed.add(at)
  }
  return parent
}
