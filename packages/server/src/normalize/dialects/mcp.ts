/** Spans of the Model Context Protocol: tools and their servers, never model calls. Source: semantic conventions for MCP. */
import { readText } from '../attribute-values.ts'
import { buildNode } from '../build-reading.ts'
import type { Dialect } from '../span-reading.ts'

export const mcp: Dialect = {
  name: 'mcp',
  scope: null,
  matches: ({ span }) => span.attributes.has('mcp.method.name'),
  read(source) {
    const { attributes } = source.span
    const isTool = readText(attributes, 'mcp.method.name') === 'tools/call'
    const toolName = readText(attributes, 'gen_ai.tool.name', 'mcp.tool.name')
    return buildNode(source, { source: 'mcp', kind: isTool ? 'tool' : 'span', toolName })
  },
}
