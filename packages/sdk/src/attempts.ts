/**
 * Which requests are attempts of one call. A client library repeats a request after a failure without telling;
 * a call whose last attempt failed in a way that is worth repeating is held back until its repetition arrives or
 * its time is over.
 *
 * What ties a repetition to its call: method, address and body are the same, one call takes one repetition at a time,
 * and nothing speaks against it: an id that the client gives the request, the client's own count of repetitions,
 * the flow that `setContext` or `runWithContext` made, the trace, the user, the session. Of several calls, the one whose
 * client hands over the same object again comes first.
 */

export interface AttemptFacts {
  readonly method: string
  readonly url: string
  /** Null: not known, which ties nothing. */
  readonly body: string | null
  /** An id the client gives to all attempts of one call. */
  readonly identity: string | null
  /** Objects that some clients use again for a repetition. */
  readonly origin: { readonly init: object | null; readonly signal: object | null } | null
  /** The client's own count: 0 for its first attempt. Null: it does not say. */
  readonly retryHeader: number | null
  /** The same object for everything that happens in one flow of the application. */
  readonly flow: object | null
  readonly traceId: string | null
  readonly userId: string | null
  readonly sessionId: string | null
}

export interface HeldCall {
  /** Of the last attempt. */
  readonly facts: AttemptFacts
  /** End of the last attempt. */
  readonly failedMs: number
}

const maxHeld = 1000

export class AttemptMatcher<Call extends HeldCall> {
  readonly #untilMs = new Map<Call, number>()

  get size(): number {
    return this.#untilMs.size
  }

  /** Gives the call that has to go because too many are held. */
  hold(call: Call, untilMs: number): Call | null {
    this.#untilMs.set(call, untilMs)
    if (this.#untilMs.size <= maxHeld) return null
    const [oldest] = this.#untilMs.keys()
    if (oldest !== undefined) this.#untilMs.delete(oldest)
    return oldest ?? null
  }

  isHeld(call: Call): boolean {
    return this.#untilMs.has(call)
  }

  /**
   * The call that this request repeats, taken out of the held ones: one of the same origin, else the one that has waited
   * longest.
   */
  claim(facts: AttemptFacts, nowMs: number): Call | null {
    let oldest: Call | null = null
    for (const call of this.#untilMs.keys()) {
      if (!isRepetition(call, facts, nowMs)) continue
      oldest ??= call
      if (sharesOrigin(call.facts, facts)) return this.#take(call)
    }
    return oldest === null ? null : this.#take(oldest)
  }

  #take(call: Call): Call {
    this.#untilMs.delete(call)
    return call
  }

  /** Calls whose time is over. */
  expire(nowMs: number): Call[] {
    const over = [...this.#untilMs].filter(([, untilMs]) => untilMs <= nowMs).map(([call]) => call)
    for (const call of over) this.#untilMs.delete(call)
    return over
  }

  release(): Call[] {
    const all = [...this.#untilMs.keys()]
    this.#untilMs.clear()
    return all
  }
}

function sharesOrigin({ origin: before }: AttemptFacts, { origin: now }: AttemptFacts): boolean {
  if (before === null || now === null) return false
  return (now.init !== null && now.init === before.init) || (now.signal !== null && now.signal === before.signal)
}

function isRepetition(call: HeldCall, facts: AttemptFacts, nowMs: number): boolean {
  const last = call.facts
  if (last.url !== facts.url || last.method !== facts.method || last.identity !== facts.identity) return false
  if (last.body !== facts.body) return false
  if (facts.identity !== null) return true
  const counted = facts.retryHeader !== null && facts.retryHeader > 0
  if (facts.body === null && !counted) return false
  if (last.flow !== facts.flow) return false
  // Spans of single attempts differ, the trace around them does not.
  if (last.traceId !== facts.traceId || last.userId !== facts.userId || last.sessionId !== facts.sessionId) return false
  if (counted) return last.retryHeader === (facts.retryHeader ?? 0) - 1
  if ((last.retryHeader === null) !== (facts.retryHeader === null)) return false
  return last.retryHeader === null || nowMs - call.failedMs >= ownBackoffMs(last.retryHeader)
}

/**
 * A client that counts would itself have come back by now; so a request that starts counting anew comes from a layer
 * above it (LangChain) and goes on with the call, while an earlier one is somebody else's.
 * Source: openai and @anthropic-ai/sdk wait 0.5 s · 2ⁿ, at most 8 s, less up to a quarter.
 */
function ownBackoffMs(retries: number): number {
  return Math.min(500 * 2 ** retries, 8000) + 200
}

/** Source: what openai, @anthropic-ai/sdk, ai, @google/genai and @langchain/core repeat. */
export function isRetryableStatus(status: number, shouldRetry: string | null): boolean {
  if (shouldRetry === 'true') return true
  if (shouldRetry === 'false') return false
  return status === 408 || status === 409 || status === 429 || status >= 500
}

const longestWindowMs = 75_000
const longestRetryAfterMs = 120_000

/** How long a failed attempt waits for its repetition: doubles with each attempt as backoffs do, and follows Retry-After. */
export function retryWindowMs(firstWindowMs: number, attempts: number, retryAfterMs: number | null): number {
  const windowMs = Math.min(firstWindowMs * 2 ** (attempts - 1), longestWindowMs)
  if (retryAfterMs === null) return windowMs
  return Math.max(windowMs, Math.min(retryAfterMs, longestRetryAfterMs) + firstWindowMs)
}

/** Milliseconds asked for by `retry-after-ms` or `retry-after` (seconds or a date). Source: RFC 9110, 10.2.3. */
export function readRetryAfterMs(header: (name: string) => string | null, epochMs: number): number | null {
  const exact = Number.parseFloat(header('retry-after-ms') ?? '')
  if (exact >= 0) return exact
  const text = header('retry-after')
  if (text === null) return null
  const seconds = Number(text)
  if (text.trim() !== '' && seconds >= 0) return seconds * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? null : Math.max(0, date - epochMs)
}
