/** Who calls what on the days of day-of-calls.ts. */
export interface Traffic {
  readonly serviceName: string
  readonly provider: string
  readonly model: string
  /** Of all calls. */
  readonly share: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Of the input. */
  readonly cached: number
  readonly reasoning: number
  readonly streaming: boolean
  readonly ttftMs: number
  readonly msPerToken: number
  /** Nano-dollars a token: in, cached, out. Null: no price is known. */
  readonly price: readonly [number, number, number] | null
}

export const traffic: readonly Traffic[] = [
  {
    serviceName: 'support-assistant',
    provider: 'openai',
    model: 'gpt-4o',
    share: 0.22,
    inputTokens: 2_400,
    outputTokens: 320,
    cached: 0.55,
    reasoning: 0,
    streaming: true,
    ttftMs: 480,
    msPerToken: 14,
    price: [2_500, 1_250, 10_000],
  },
  {
    serviceName: 'support-assistant',
    provider: 'openai',
    model: 'gpt-4o-mini',
    share: 0.24,
    inputTokens: 1_100,
    outputTokens: 140,
    cached: 0.4,
    reasoning: 0,
    streaming: true,
    ttftMs: 310,
    msPerToken: 9,
    price: [150, 75, 600],
  },
  {
    serviceName: 'code-review',
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    share: 0.14,
    inputTokens: 9_800,
    outputTokens: 900,
    cached: 0.7,
    reasoning: 0.3,
    streaming: true,
    ttftMs: 950,
    msPerToken: 16,
    price: [3_000, 300, 15_000],
  },
  {
    serviceName: 'checkout',
    provider: 'anthropic',
    model: 'claude-haiku-4-5',
    share: 0.13,
    inputTokens: 700,
    outputTokens: 90,
    cached: 0.2,
    reasoning: 0,
    streaming: false,
    ttftMs: 0,
    msPerToken: 8,
    price: [1_000, 100, 5_000],
  },
  {
    serviceName: 'search',
    provider: 'gcp.gemini',
    model: 'gemini-2.5-flash',
    share: 0.19,
    inputTokens: 3_100,
    outputTokens: 60,
    cached: 0,
    reasoning: 0.4,
    streaming: false,
    ttftMs: 0,
    msPerToken: 7,
    price: [300, 75, 2_500],
  },
  {
    serviceName: 'document-pipeline',
    provider: 'vllm',
    model: 'llama-3.3-70b',
    share: 0.08,
    inputTokens: 5_200,
    outputTokens: 450,
    cached: 0,
    reasoning: 0,
    streaming: false,
    ttftMs: 0,
    msPerToken: 22,
    price: null,
  },
]
