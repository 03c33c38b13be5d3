import type { Registry } from '../registry.ts'
import { negotiateFormat } from './negotiate.ts'
import { renderProtobuf } from './protobuf.ts'
import { renderText } from './text.ts'

export interface RenderedMetrics {
  readonly contentType: string
  readonly body: string | Uint8Array
}

/** One scrape: every metric, in the format that the Accept header likes best. */
export function renderMetrics(registry: Registry, acceptHeader: string | undefined): RenderedMetrics {
  const { format, contentType } = negotiateFormat(acceptHeader)
  const families = registry.collect()
  if (format === 'protobuf') return { contentType, body: renderProtobuf(families) }
  return { contentType, body: renderText(families, format === 'openmetrics' ? 'openmetrics' : 'prometheus') }
}
