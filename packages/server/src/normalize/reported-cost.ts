/** What emitters say a call cost, by their own price tables or by the provider's bill: kept beside what we compute. */
import type { Attributes } from '@inferometer/core/otlp/model'
import { nanoUsdPerUsd, readUsageCost, toNanoUsd } from '@inferometer/core/wire/reported-cost'
import { isObject, readNumber, toNumber } from './attribute-values.ts'

/** Dollars: OpenLIT and Laminar; Pydantic AI; OpenInference; LiteLLM's second version and its first. */
const costNames = [
  'gen_ai.usage.cost',
  'operation.cost',
  'llm.cost.total',
  'litellm.cost.total',
  'gen_ai.cost.total_cost',
] as const

/** Integer nano-dollars. */
export function readReportedCost(attributes: Attributes): number | null {
  const total = readNumber(attributes, ...costNames)
  if (total !== null || !attributes.has('llm.cost.prompt')) return toNanoUsd(total, nanoUsdPerUsd)
  return sumCosts({ input: attributes.get('llm.cost.prompt'), output: attributes.get('llm.cost.completion') })
}

/** The total of a map of costs in dollars; without one, its sides. */
export function sumCosts(costs: { readonly [part: string]: unknown }): number | null {
  const total = toNumber(costs.total)
  const sides = [toNumber(costs.input), toNumber(costs.output)].filter((cost) => cost !== null)
  return toNanoUsd(total ?? (sides.length === 0 ? null : sides.reduce((sum, cost) => sum + cost)), nanoUsdPerUsd)
}

/** Of an answer's own usage object: what the provider, or a router before it, charges. */
export function readAnswerCost(answer: unknown): number | null {
  return isObject(answer) && isObject(answer.usage) ? readUsageCost(answer.usage) : null
}
