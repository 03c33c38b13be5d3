/** Nodes of traces as spans, so that a trace is as whole where it is forwarded to as it is here. */
import { attribute } from '@inferometer/core/attributes'
import { errorStatusCode } from '@inferometer/core/call-span'
import type { AnyValue, ResourceSpans, Span, TracesData } from '@inferometer/core/otlp/model'
import type { NodeKind, TraceNode } from '@inferometer/core/trace-node'

/** Not the scope of our SDK: its spans are calls. */
const nodeScope = 'inferometer'
const internalKind = 1
const nanosPerMs = 1e6

/** `gen_ai.operation.name` of the kinds that have one; the others have their own name, as the emitters write it. */
const operations: Partial<Record<NodeKind, string>> = {
  agent: 'invoke_agent',
  tool: 'execute_tool',
  workflow: 'invoke_workflow',
  evaluator: 'evaluation',
}

export function toNodeExport(nodes: readonly TraceNode[], version: string): TracesData {
  const spansOfService = new Map<string, Span[]>()
  for (const node of nodes) {
    const spans = spansOfService.get(node.serviceName)
    if (spans === undefined) spansOfService.set(node.serviceName, [toSpan(node)])
    else spans.push(toSpan(node))
  }
  const scope = { name: nodeScope, version, attributes: new Map() }
  const resourceSpans = [...spansOfService].map(
    ([serviceName, spans]): ResourceSpans => ({
      resource: { attributes: new Map([[attribute.serviceName, serviceName]]) },
      schemaUrl: '',
      scopeSpans: [{ scope, schemaUrl: '', spans }],
    }),
  )
  return { resourceSpans }
}

function toSpan(node: TraceNode): Span {
  const start = BigInt(node.startTimeUs) * 1_000n
  return {
    traceId: node.traceId,
    spanId: node.spanId,
    parentSpanId: node.parentSpanId ?? '',
    traceState: '',
    name: node.name,
    kind: internalKind,
    startTimeUnixNano: start,
    endTimeUnixNano: start + BigInt(Math.round(node.durationMs * nanosPerMs)),
    attributes: toAttributes(node),
    events: [],
    links: node.links.map((link) => ({ ...link, attributes: new Map() })),
    statusCode: node.status === 'error' ? errorStatusCode : 0,
    statusMessage: '',
  }
}

function toAttributes(node: TraceNode): ReadonlyMap<string, AnyValue> {
  const all: readonly (readonly [string, AnyValue])[] = [
    [attribute.operation, operations[node.kind] ?? node.kind],
    [attribute.errorType, node.errorType],
    ['gen_ai.tool.name', node.toolName],
    ['gen_ai.tool.call.id', node.toolCallId],
    ['gen_ai.agent.name', node.agentName],
    [attribute.source, node.source],
  ]
  return new Map(all.filter(([, value]) => value !== null))
}
