/** What every sink must say about the calls that the fake provider served. Worked out from its ledger alone. */
import type { LedgerEntry } from '../../packages/cli/src/demo/ledger.ts'

/** Field names are the REST API's. */
export interface ExpectedCall {
  readonly provider: string
  readonly request_model: string
  readonly response_model: string | null
  readonly response_id: string | null
  readonly streaming: boolean
  readonly status: 'success' | 'error'
  readonly http_status: number | null
  readonly retry_count: number
  readonly attempt_statuses: readonly (number | null)[]
  readonly prompt_tokens: number | null
  readonly completion_tokens: number | null
  readonly cached_tokens: number | null
  readonly cache_write_tokens: number | null
  readonly reasoning_tokens: number | null
  readonly finish_reason: string | null
  readonly finish_reason_raw: string | null
  readonly cost_usd_micro: number | null
}

/** Dollars per million tokens in the price file of the test. */
export const testPrices = { input: 2, output: 8, cacheRead: 0.5, cacheWrite: 2.5 }

/** OpenTelemetry's names of the providers behind the hosts. */
const providers: Readonly<Record<string, string>> = {
  'api.openai.com': 'openai',
  'api.anthropic.com': 'anthropic',
  'generativelanguage.googleapis.com': 'gcp.gemini',
  'api.mistral.ai': 'mistral_ai',
  'api.cohere.com': 'cohere',
  'api.groq.com': 'groq',
  'ollama.com': 'ollama',
  'bedrock-runtime.us-east-1.amazonaws.com': 'aws.bedrock',
  '127.0.0.1': 'openai',
}

/** Questions are asked one after the other, so the attempts at one stand together. */
export function expectCalls(ledger: readonly LedgerEntry[]): ExpectedCall[] {
  const calls: LedgerEntry[][] = []
  for (const entry of ledger) {
    const current = calls.at(-1)
    if (current?.[0]?.question === entry.question) current.push(entry)
    else calls.push([entry])
  }
  return calls.map(expectCall)
}

function expectCall(attempts: readonly LedgerEntry[]): ExpectedCall {
  const last = attempts.at(-1)
  if (last === undefined) throw new Error('BUG: a call without an attempt')
  const success = last.status === 200 && last.complete && !last.streamError
  return {
    provider: providers[last.host] ?? 'unknown',
    request_model: last.requestModel,
    response_model: last.responseModel,
    response_id: last.responseId,
    streaming: last.streaming,
    status: success ? 'success' : 'error',
    http_status: last.status,
    retry_count: attempts.length - 1,
    attempt_statuses: attempts.map((attempt) => attempt.status),
    prompt_tokens: last.inputTokens,
    completion_tokens: last.outputTokens,
    cached_tokens: last.cacheReadTokens,
    cache_write_tokens: last.cacheWriteTokens,
    reasoning_tokens: last.reasoningTokens,
    finish_reason: last.finishReason,
    finish_reason_raw: last.finishReasonRaw,
    cost_usd_micro: success ? costOf(last) : null,
  }
}

function costOf({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }: LedgerEntry): number {
  const [read, write] = [cacheReadTokens ?? 0, cacheWriteTokens ?? 0]
  const fresh = (inputTokens ?? 0) - read - write
  return (
    fresh * testPrices.input +
    read * testPrices.cacheRead +
    write * testPrices.cacheWrite +
    (outputTokens ?? 0) * testPrices.output
  )
}
