import { describe, expect, it } from 'vitest'
import { type Names, readCall } from './spans.cases.ts'

const json = JSON.stringify
const genAi = { 'gen_ai.operation.name': 'chat', 'gen_ai.system': 'openai', 'gen_ai.request.model': 'm' }
const generation = { 'langfuse.observation.type': 'generation', 'langfuse.observation.model.name': 'm' }
const llm = { 'openinference.span.kind': 'LLM', 'llm.model_name': 'm' }
const inner = { 'ai.operationId': 'ai.generateText.doGenerate', 'ai.model.id': 'vendor/m' }
const request = { 'logfire.msg': 'Chat Completion', request_data: json({ model: 'm' }) }

const told: readonly (readonly [string, Names, number | null])[] = [
  ['OpenLIT', { ...genAi, 'gen_ai.usage.cost': 0.00125 }, 1_250_000],
  ['OpenLIT, as text', { ...genAi, 'gen_ai.usage.cost': '4.5e-05' }, 45_000],
  ['Pydantic AI', { ...genAi, 'operation.cost': 0.002 }, 2_000_000],
  ['LiteLLM v2', { ...genAi, 'litellm.call_id': 'x', 'litellm.cost.total': 0.003, 'litellm.cost.input': 0.001 }, 3e6],
  ['LiteLLM v1', { ...genAi, 'litellm.call_id': 'x', 'gen_ai.cost.total_cost': 0.004 }, 4_000_000],
  ['OpenInference', { ...llm, 'llm.cost.total': 0.5, 'llm.cost.prompt': 0.1 }, 500_000_000],
  ['OpenInference, in the answer', { ...llm, 'output.value': json({ id: 'a', usage: { cost: 0.25 } }) }, 250_000_000],
  ['Langfuse, with a total', { ...generation, 'langfuse.observation.cost_details': json({ total: 0.1 }) }, 100_000_000],
  [
    'Langfuse, by sides',
    { ...generation, 'langfuse.observation.cost_details': json({ input: 0.1, output: 0.2 }) },
    3e8,
  ],
  ['Langfuse, an empty map', { ...generation, 'langfuse.observation.cost_details': '{}' }, null],
  [
    'Vercel AI SDK through OpenRouter',
    { ...inner, 'ai.response.providerMetadata': json({ openrouter: { usage: { cost: 0.95, promptTokens: 1 } } }) },
    950_000_000,
  ],
  ['Logfire, in the answer', { ...request, response_data: json({ usage: { cost_in_usd_ticks: 400_000_000 } }) }, 4e7],
  ['a free model', { ...genAi, 'gen_ai.usage.cost': 0 }, 0],
  ['nobody', genAi, null],
  ['a negative cost', { ...genAi, 'gen_ai.usage.cost': -1 }, null],
  ['a cost that no call has', { ...genAi, 'gen_ai.usage.cost': 1e12 }, null],
]

describe('the reported cost', () => {
  it.each(told)('is read as %s tells it, and is no cost of ours', (_who, attributes, nanoUsd) => {
    expect(readCall(attributes)).toMatchObject({ reportedCostNanoUsd: nanoUsd, costNanoUsd: null })
  })
})
