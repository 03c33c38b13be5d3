/** What became of a call, in one sentence. */
import type { Attempt, Call } from '../calls/call.ts'
import { formatMs } from '../numbers.ts'

export interface Verdict {
  readonly tone: 'good' | 'warn' | 'bad'
  readonly text: string
}

const errorWords: Readonly<Record<string, string>> = {
  rate_limit: 'rate-limited',
  timeout: 'timed-out',
  overloaded: 'overloaded',
  auth: 'unauthorised',
  invalid_request: 'refused',
  content_filter: 'filtered',
  connection: 'unconnected',
  cancelled: 'cancelled',
  server: 'failed',
}
const finishWords: Readonly<Record<string, string>> = {
  length: 'The answer was cut off at the token limit.',
  content_filter: 'The answer was stopped by a content filter.',
  error: 'The provider ended the answer with an error.',
}

export function describeVerdict(call: Call): Verdict {
  const sentence = `${describeEnd(call)}${describeTimes(call)}.`
  const finish = call.status === 'success' ? finishWords[call.finish_reason ?? ''] : undefined
  const isMarred = finish !== undefined || call.retry_count > 0
  const tone = call.status === 'error' ? 'bad' : call.status === 'cancelled' || isMarred ? 'warn' : 'good'
  return { tone, text: finish === undefined ? sentence : `${sentence} ${finish}` }
}

function describeEnd(call: Call): string {
  const { status, error_type: type, http_status: http } = call
  const failed = failedAttempts(call)
  if (status === 'success') return failed === null ? 'Succeeded' : `Succeeded after ${failed}`
  if (status === 'cancelled') return `Cancelled by the application${failed === null ? '' : ` after ${failed}`}`
  const why = `${(type ?? 'other').replaceAll('_', ' ')}${http === null ? '' : `, HTTP ${http}`}`
  const count = Math.max(call.attempts.length, call.retry_count + 1)
  return `Failed (${why})${count > 1 ? ` after ${count} attempts` : ''}`
}

/** `2 rate-limited attempts`; null where the first one did it. */
function failedAttempts({ attempts, retry_count: retries }: Call): string | null {
  const failed = attempts.slice(0, -1)
  if (failed.length === 0) return retries === 0 ? null : `${retries} ${retries === 1 ? 'retry' : 'retries'}`
  const counts = new Map<string, number>()
  for (const attempt of failed) counts.set(wordOf(attempt), (counts.get(wordOf(attempt)) ?? 0) + 1)
  const parts = [...counts].map(([word, count]) => `${count} ${word}`)
  return `${parts.join(' and ')} ${failed.length === 1 ? 'attempt' : 'attempts'}`
}

const wordOf = ({ error_type: type }: Attempt): string => errorWords[type ?? ''] ?? 'failed'

export const waitedMs = ({ attempts }: Pick<Call, 'attempts'>): number =>
  attempts.reduce((sum, { wait_ms: wait }) => sum + wait, 0)

function describeTimes(call: Call): string {
  const { latency_ms_total: total, latency_ms_ttft: ttft, status } = call
  const waited = waitedMs(call)
  if (waited > 0) return `, ${formatMs(waited)} of ${formatMs(total)} spent waiting`
  if (status === 'cancelled')
    return ` after ${formatMs(total)}${call.streaming && ttft === null ? ', before the first token' : ''}`
  return ` in ${formatMs(total)}${ttft === null ? '' : `, first token after ${formatMs(ttft)}`}`
}
