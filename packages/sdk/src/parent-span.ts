import { context, trace } from '@opentelemetry/api'

export interface ParentSpan {
  readonly traceId: string
  readonly spanId: string
}

const noId = /^0+$/

/** The active OpenTelemetry span. Null, at the cost of two calls, where no OpenTelemetry is set up. */
export function readParentSpan(): ParentSpan | null {
  const span = trace.getSpan(context.active())
  if (span === undefined) return null
  const { traceId, spanId } = span.spanContext()
  return noId.test(traceId) || noId.test(spanId) ? null : { traceId, spanId }
}
