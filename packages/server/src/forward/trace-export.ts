import { attribute, sdkScope } from '@inferometer/core/attributes'
import type { Content, LlmCall } from '@inferometer/core/call'
import { toTraces } from '@inferometer/core/call-span'
import type { AnyValue, Span, TracesData } from '@inferometer/core/otlp/model'
import { fitTexts } from './fit-texts.ts'

/** Tempo cuts longer attributes, which leaves half a JSON text. Source: its `distributor.max_attribute_bytes`. */
const spanAttributeBytes = 2_048

/**
 * The calls as spans, in their order within each service. Texts that are too large for an attribute are left out; the span
 * says how much, and the logs have them. Under the scope of our SDK, so that another Inferometer reads the calls back whole.
 */
export function toTraceExport(calls: readonly LlmCall[], version: string): TracesData {
  const leftOut = new Map<string, number>()
  const fitted = calls.map((whole) => {
    const { call, spilled } = fitTexts(whole, spanAttributeBytes)
    if (spilled !== null) leftOut.set(idOf(call), countBytes(spilled))
    return call
  })
  const traces = toTraces(fitted, { name: sdkScope, version, resourceAttributes: new Map() })
  return leftOut.size === 0 ? traces : markSpans(traces, leftOut)
}

const idOf = ({ traceId, spanId }: Pick<Span, 'traceId' | 'spanId'>): string => traceId + spanId

function markSpans({ resourceSpans }: TracesData, leftOut: ReadonlyMap<string, number>): TracesData {
  const mark = (span: Span): Span => {
    const bytes = leftOut.get(idOf(span))
    if (bytes === undefined) return span
    return { ...span, attributes: new Map<string, AnyValue>(span.attributes).set(attribute.contentLeftOutBytes, bytes) }
  }
  return {
    resourceSpans: resourceSpans.map((group) => ({
      ...group,
      scopeSpans: group.scopeSpans.map((scopeGroup) => ({ ...scopeGroup, spans: scopeGroup.spans.map(mark) })),
    })),
  }
}

function countBytes({ input, output }: Content): number {
  const texts = [...(input ?? []).map(({ text }) => text), output ?? '']
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
}
