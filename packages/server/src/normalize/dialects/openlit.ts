/**
 * OpenLIT, Python and JS. It passes the provider's own numbers on, and writes 0 where it knows none. One of its JS scopes is
 * called `vllm` and reads OpenAI's client: the provider attribute is right, the scope is not.
 */
import { readText } from '../attribute-values.ts'
import { readSemconv } from '../semconv.ts'
import type { Dialect } from '../span-reading.ts'
import { isGenAi } from './gen-ai.ts'

const frameworks =
  /langchain|langgraph|llama.?index|crewai|haystack|agno|openai.?agents|pydantic|litellm|mastra|strands/i

export const openlit: Dialect = {
  name: 'openlit',
  scope: /openlit/,
  matches: (source) =>
    isGenAi(source) &&
    (readText(source.span.attributes, 'telemetry.sdk.name') === 'openlit' ||
      readText(source.resource.attributes, 'telemetry.sdk.name') === 'openlit'),
  read: (source, options) =>
    readSemconv(source, options, {
      source: 'openlit',
      layer: frameworks.test(source.scope.name) ? 'framework' : 'client',
      counting: 'raw',
      zeroIsUnknown: true,
    }),
}
