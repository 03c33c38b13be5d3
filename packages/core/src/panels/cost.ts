import { type Dashboard, definePanel } from './panel.ts'
import type { Amount, Dimension, Over, PanelTerms } from './terms.ts'

function amount(of: Amount, over: Over, by: readonly Dimension[] = []): PanelTerms {
  return { measure: { kind: 'amount', of, over }, by }
}

function ratio(of: Amount, to: Amount, by: readonly Dimension[] = []): PanelTerms {
  return { measure: { kind: 'ratio', of, to }, by }
}

const noCost = 'No priced calls in this range'

const tiles = [
  definePanel({
    id: 'spend-today',
    title: 'Spend today',
    description:
      'Dollars spent since your midnight, whatever range is chosen. It is exact, not extrapolated; calls without a price are left out and counted under Unpriced calls.',
    kind: 'stat',
    unit: 'usd',
    width: 6,
    queries: [{ legend: 'today', terms: amount('costUsd', 'window') }],
    period: 'today',
    noData: 'No priced calls today',
  }),
  definePanel({
    id: 'spend-today-pace',
    title: 'Spend today at this pace',
    description:
      'What today will have cost at midnight if the rest of it goes like the part since midnight. It means little in the first hours and for traffic that follows office hours. If it is above the budget, see Spend per hour for when it began and Cost by service for who.',
    kind: 'stat',
    unit: 'usd',
    width: 6,
    queries: [{ legend: 'at this pace', terms: amount('costUsd', 'day') }],
    period: 'today',
    noData: 'No priced calls today',
  }),
  definePanel({
    id: 'spend-in-range',
    title: 'Spend in range',
    description: 'Dollars spent in the chosen range, exact to a micro-dollar. Unpriced calls are left out.',
    kind: 'stat',
    unit: 'usd',
    width: 6,
    queries: [{ legend: 'spend', terms: amount('costUsd', 'window') }],
    noData: noCost,
  }),
  definePanel({
    id: 'unpriced-calls',
    title: 'Unpriced calls',
    description:
      'Calls with token usage for which no price is known: the spend above is too low by what they cost. Add the model to config/model_prices.yaml; it is live within a second for the calls that come then.',
    kind: 'stat',
    unit: 'count',
    width: 6,
    queries: [{ legend: 'unpriced', terms: amount('unpricedCalls', 'window') }],
    thresholds: [
      { from: 0, level: 'good' },
      { from: 1, level: 'warn' },
    ],
  }),
]

const spend = [
  definePanel({
    id: 'cumulative-cost',
    title: 'Cumulative cost over time',
    description:
      'Dollars per service and model since the first call that is kept. The slope is the pace: a line that gets steeper at a release spends more per call or calls more often. A restart of the server is no step.',
    kind: 'timeseries',
    unit: 'usd',
    width: 24,
    queries: [{ legend: '{serviceName} · {model}', terms: amount('costUsd', 'ever', ['serviceName', 'model']) }],
    noData: noCost,
  }),
  definePanel({
    id: 'cost-by-model',
    title: 'Cost by model',
    description:
      'Where the money of the range went, by the model that was asked for. If the largest slice is a large model on simple work, that is the saving to try first.',
    kind: 'donut',
    unit: 'usd',
    width: 8,
    queries: [{ legend: '{model}', terms: amount('costUsd', 'window', ['model']) }],
    noData: noCost,
  }),
  definePanel({
    id: 'cost-by-service',
    title: 'Cost by service',
    description:
      'The same money by the application that made the calls, greatest first: whom to ask. `unknown` are calls of applications that set no service name.',
    kind: 'bars',
    unit: 'usd',
    width: 8,
    queries: [{ legend: '{serviceName}', terms: amount('costUsd', 'window', ['serviceName']) }],
    noData: noCost,
  }),
  definePanel({
    id: 'cost-per-call',
    title: 'Cost per call',
    description:
      'Dollars divided by calls, by model; failed and unpriced calls are among the calls. A rise with the same traffic is longer prompts, longer answers, lost caching or a new price: the panels below say which.',
    kind: 'timeseries',
    unit: 'usd',
    width: 8,
    queries: [{ legend: '{model}', terms: ratio('costUsd', 'calls', ['model']) }],
    noData: noCost,
  }),
  definePanel({
    id: 'spend-per-hour',
    title: 'Spend per hour',
    description:
      'The pace at each moment in dollars per hour, by model. A step that stays is a release or a new customer; a peak is a loop or a batch: open Calls at its time and sort by cost.',
    kind: 'stacked',
    unit: 'usd',
    width: 12,
    queries: [{ legend: '{model}', terms: amount('costUsd', 'hour', ['model']) }],
    noData: noCost,
  }),
]

const tokens = [
  definePanel({
    id: 'tokens-per-second',
    title: 'Tokens per second',
    description:
      'Prompt and completion tokens of all calls, and the parts of them that are billed differently: cached is a part of prompt, reasoning a part of completion. Prompt growing faster than calls is history or retrieval that is never cut.',
    kind: 'timeseries',
    unit: 'tokens_per_second',
    width: 12,
    queries: [
      { legend: 'Prompt', terms: amount('inputTokens', 'second') },
      { legend: 'of it read from cache', terms: amount('cacheReadTokens', 'second') },
      { legend: 'of it written to cache', terms: amount('cacheWriteTokens', 'second') },
      { legend: 'Completion', terms: amount('outputTokens', 'second') },
      { legend: 'of it reasoning', terms: amount('reasoningTokens', 'second') },
    ],
    noData: 'No token usage in this range',
  }),
  definePanel({
    id: 'cache-hit-share',
    title: 'Cache-hit share',
    description:
      'Prompt tokens that the provider read from its cache, as a share of all prompt tokens, by model. Providers that say nothing about caching have no line. A collapse means the beginning of the prompt changes from call to call: a timestamp, an id, a reordered tool list.',
    kind: 'timeseries',
    unit: 'share',
    width: 8,
    queries: [{ legend: '{model}', terms: ratio('cacheReadTokens', 'inputTokens', ['model']) }],
    noData: 'No provider reported caching in this range',
  }),
  definePanel({
    id: 'reasoning-share',
    title: 'Reasoning share of completion tokens',
    description:
      'Completion tokens spent on reasoning that the user never sees, by model. They are billed as output. If the share rises and the answers do not get better, lower the reasoning effort.',
    kind: 'timeseries',
    unit: 'share',
    width: 8,
    queries: [{ legend: '{model}', terms: ratio('reasoningTokens', 'outputTokens', ['model']) }],
    noData: 'No provider reported reasoning in this range',
  }),
  definePanel({
    id: 'usage-missing',
    title: 'Calls the spend does not cover',
    description:
      'Share of calls without a known price, and of calls for which the provider sent no usage. Both make the spend too low. Price the model, or ask the provider for usage in streams (`stream_options.include_usage`, which the SDK can set).',
    kind: 'timeseries',
    unit: 'share',
    width: 8,
    queries: [
      { legend: 'Unpriced {model}', terms: ratio('unpricedCalls', 'calls', ['model']) },
      { legend: 'Usage missing {model}', terms: ratio('usageMissingCalls', 'calls', ['model']) },
    ],
  }),
  definePanel({
    id: 'cost-table',
    title: 'Cost by service, provider and model',
    description:
      'The sum behind the panels above, for the chosen range: what each service sent to each model and what it cost. An empty cost is not zero: no price is known.',
    kind: 'table',
    unit: 'count',
    width: 24,
    queries: [
      { legend: 'Cost', terms: amount('costUsd', 'window', ['serviceName', 'provider', 'model']), unit: 'usd' },
      { legend: 'Calls', terms: amount('calls', 'window', ['serviceName', 'provider', 'model']) },
      { legend: 'Prompt tokens', terms: amount('inputTokens', 'window', ['serviceName', 'provider', 'model']) },
      { legend: 'Completion tokens', terms: amount('outputTokens', 'window', ['serviceName', 'provider', 'model']) },
    ],
  }),
]

export const costDashboard: Dashboard = {
  uid: 'llm-cost-dashboard',
  title: 'LLM Cost Dashboard',
  description: 'What calls cost, who spends it, how fast, and what is missing from the sum.',
  panels: [...tiles, ...spend, ...tokens],
}
