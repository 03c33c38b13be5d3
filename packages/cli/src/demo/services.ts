/** The made-up services of the demo: who they are, which models they call, how, and how often. */
import type { ScenarioName } from './scenario.ts'

export type ClientName = 'openai-chat' | 'openai-responses' | 'openai-embeddings' | 'anthropic'

export interface CallKind {
  readonly client: ClientName
  readonly model: string
  readonly streaming: boolean
  readonly share: number
  /** What happens on a good day, beside plain answers: scenario → share of calls. */
  readonly scenarios: Partial<Record<ScenarioName, number>>
  /** The prompt starts with the long preamble that a prompt cache holds. */
  readonly preamble?: boolean
}

export interface DemoService {
  readonly name: string
  readonly questions: 'support' | 'search' | 'coding' | 'reports'
  /** Part of all calls. */
  readonly share: number
  readonly kinds: readonly [CallKind, ...CallKind[]]
}

export const services: readonly [DemoService, ...DemoService[]] = [
  {
    name: 'support-bot',
    questions: 'support',
    share: 0.45,
    kinds: [
      {
        client: 'openai-chat',
        model: 'gpt-4o-mini',
        streaming: true,
        share: 0.7,
        scenarios: { cached: 0.55, tools: 0.15, length: 0.04, filter: 0.02, stall: 0.02 },
        preamble: true,
      },
      {
        client: 'anthropic',
        model: 'claude-haiku-4-5',
        streaming: true,
        share: 0.3,
        scenarios: { cached: 0.5, 'cache-write': 0.1, filter: 0.02, broken: 0.01 },
        preamble: true,
      },
    ],
  },
  {
    name: 'product-search',
    questions: 'search',
    share: 0.3,
    kinds: [
      { client: 'openai-embeddings', model: 'text-embedding-3-small', streaming: false, share: 0.6, scenarios: {} },
      { client: 'openai-chat', model: 'gpt-4.1-mini', streaming: false, share: 0.4, scenarios: { length: 0.05 } },
    ],
  },
  {
    name: 'code-review',
    questions: 'coding',
    share: 0.25,
    kinds: [
      {
        client: 'anthropic',
        model: 'claude-sonnet-4-6',
        streaming: true,
        share: 0.6,
        scenarios: { reasoning: 0.3, tools: 0.25, length: 0.05 },
      },
      {
        client: 'openai-responses',
        model: 'o4-mini',
        streaming: true,
        share: 0.4,
        scenarios: { reasoning: 0.8, 'bad-request': 0.02 },
      },
    ],
  },
]

/** Bad minutes, so that error and retry panels have something to show: each recurs, and hits a part of the calls. */
export interface Burst {
  readonly everyMs: number
  readonly fromMs: number
  readonly forMs: number
  readonly chance: number
  readonly scenario: ScenarioName
}

export const bursts: readonly Burst[] = [
  { everyMs: 30_000, fromMs: 4_000, forMs: 5_000, chance: 0.5, scenario: 'rate-limited-once' },
  { everyMs: 45_000, fromMs: 7_000, forMs: 3_000, chance: 0.4, scenario: 'server-error' },
  { everyMs: 60_000, fromMs: 33_000, forMs: 4_000, chance: 0.4, scenario: 'overloaded-once' },
  { everyMs: 120_000, fromMs: 70_000, forMs: 3_000, chance: 0.3, scenario: 'unauthorized' },
]
