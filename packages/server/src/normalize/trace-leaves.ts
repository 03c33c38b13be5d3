/**
 * Which sightings of a trace count. A model call may be seen many times: by our SDK, by the provider's own, by one or two
 * instrumentations, by the framework above and by the server beyond. Exactly one record of it is to be counted.
 *
 * What is known without waiting, by the dialects: agents, steps, tools, chains and operations that repeat their children's usage
 * (`invoke_agent`, `ai.generateText` …) are nodes and never come here. What is left, of one trace:
 *
 * 1. Sightings above each other are one call; a sighting above several calls is their sum and is dropped (leaf-groups.ts).
 * 2. Sightings beside each other are one call by (response id), by (parent, request id), or by the same counts and model at the same
 *    time; never two of one instrumentation (same-call.ts).
 * 3. The nearest to the wire counts: wire, client, framework, server; among clients the provider's own SDK, then the plain conventions,
 *    then the others; then the deepest. The others fill in what it does not know (merge-calls.ts).
 * 4. It counts at once if it is seen at the wire, or by a client that knows the usage or the failure: nothing that may still come
 *    says more. These wait, for `settleMs` at most:
 *      - a framework's call, below which a client's may come;
 *      - a success without usage, which another sighting may know;
 *      - a server's call whose parents were not all seen, above which a client's may come;
 *      - a failed attempt of an operation that has not ended: another attempt may follow;
 *      - a call whose instrumentation sends log events that have not come.
 * 5. What comes after the decision is dropped: a later sighting of a counted call as its duplicate, a call below a counted sum as covered.
 *    So every call is counted once whatever the order. The order can only decide which of two clients' sightings speaks; beyond the
 *    window, which sighting of all does.
 *    One thing cannot be told apart: calls that fail at the same time in the same way, seen by several instrumentations whose spans
 *    come before their parents. They may be counted by one more or less.
 * 6. A counted span that is sent again is counted again, with the same ids: whoever stores it knows it by them. (The first time may
 *    have failed to be stored.)
 *
 * Memory is bounded by `maxSpans`: the trace that was quiet for longest is decided as it stands and forgotten. Pure: time is an argument.
 * A held call exists here only: answer its sender after `settle` has given it out, or lose it in a crash.
 */
import { decideTrace } from './leaf-decision.ts'
import { type LeafDecisions, Outcome, type Trace } from './leaf-trace.ts'
import type { SeenCall, SeenSpan } from './normalize.ts'

export type { DropReason, LeafDecisions } from './leaf-trace.ts'

export interface LeafSettings {
  /** Longest wait for spans that could change a decision. 0: never wait. */
  readonly settleMs: number
  /** How long a quiet trace is remembered, so that late spans are known as duplicates. Above `settleMs`. */
  readonly rememberMs: number
  /** Spans of all remembered traces together. */
  readonly maxSpans: number
}

export interface CallIds {
  readonly traceId: string
  readonly spanId: string
}

/** `late`: the call was decided before, and nothing was changed. */
export type Amended = { readonly state: 'late' } | { readonly state: 'held'; readonly decisions: LeafDecisions }

export interface LeafSelector {
  /** Spans of one batch, in any order. Calls that are held come out of a later `take` or `settle`. */
  take(spans: readonly SeenSpan[], nowMs: number): LeafDecisions
  /** Changes a call that is held, by what another source says of it, and decides again. Null: there is none of these ids. */
  amend(ids: CallIds, change: (seen: SeenCall) => SeenCall, nowMs: number): Amended | null
  /** Decides what has waited long enough and forgets old traces. Call it when `nextDueMs` has come. */
  settle(nowMs: number): LeafDecisions
  /** Decides everything as it stands: before the process ends. */
  flush(): LeafDecisions
  readonly heldCount: number
  /** When the first held call is due. Null: none is held. */
  nextDueMs(): number | null
}

export function createLeafSelector(settings: LeafSettings): LeafSelector {
  return new Selector(settings)
}

class Selector implements LeafSelector {
  readonly #settings: LeafSettings
  /** The one that was quiet for longest comes first. */
  readonly #traces = new Map<string, Trace>()
  /** Traces with held calls, by when the first of them is due. */
  readonly #dueMs = new Map<Trace, number>()
  #spanCount = 0

  constructor(settings: LeafSettings) {
    this.#settings = settings
  }

  get heldCount(): number {
    let count = 0
    for (const trace of this.#dueMs.keys())
      for (const entry of trace.entries.values()) if (entry.state === 'held') count++
    return count
  }

  nextDueMs(): number | null {
    let next: number | null = null
    for (const due of this.#dueMs.values()) if (next === null || due < next) next = due
    return next
  }

  take(spans: readonly SeenSpan[], nowMs: number): LeafDecisions {
    const touched: Trace[] = []
    for (const span of spans) this.#note(span, nowMs, touched)
    const out = new Outcome()
    for (const trace of touched) {
      trace.isTouched = false
      this.#decide(trace, nowMs, out)
    }
    while (this.#spanCount > this.#settings.maxSpans && this.#forgetQuietest(out));
    return out
  }

  amend({ traceId, spanId }: CallIds, change: (seen: SeenCall) => SeenCall, nowMs: number): Amended | null {
    const trace = this.#traces.get(traceId)
    const entry = trace?.entries.get(spanId)
    if (trace === undefined || entry === undefined) return null
    if (entry.state !== 'held') return { state: 'late' }
    entry.seen = change(entry.seen)
    const decisions = new Outcome()
    this.#decide(trace, nowMs, decisions)
    return { state: 'held', decisions }
  }

  settle(nowMs: number): LeafDecisions {
    const out = new Outcome()
    for (const [trace, due] of [...this.#dueMs]) if (due <= nowMs) this.#decide(trace, nowMs, out)
    for (const { touchedMs } of this.#traces.values()) {
      if (touchedMs + this.#settings.rememberMs > nowMs) break
      this.#forgetQuietest(out)
    }
    return out
  }

  flush(): LeafDecisions {
    const out = new Outcome()
    for (const trace of [...this.#dueMs.keys()]) this.#decide(trace, Number.POSITIVE_INFINITY, out)
    return out
  }

  #note({ traceId, spanId, parentSpanId, reading }: SeenSpan, nowMs: number, touched: Trace[]): void {
    const trace = this.#touch(traceId, nowMs, touched)
    const { size } = trace.parents
    trace.parents.set(spanId, parentSpanId)
    this.#spanCount += trace.parents.size - size
    if (reading === null) return
    const known = trace.entries.get(spanId)
    if (known === undefined)
      trace.entries.set(spanId, { seen: reading, sinceMs: nowMs, state: 'held', sentAgain: false, boundTo: null })
    else {
      known.seen = reading
      known.sentAgain = true
    }
  }

  /** Quiet traces are at the front, so one that is touched goes to the end: once in a batch. */
  #touch(traceId: string, nowMs: number, touched: Trace[]): Trace {
    const known = this.#traces.get(traceId)
    if (known?.isTouched) return known
    if (known) this.#traces.delete(traceId)
    const trace = known ?? { id: traceId, parents: new Map(), entries: new Map(), touchedMs: nowMs, isTouched: true }
    trace.touchedMs = nowMs
    trace.isTouched = true
    this.#traces.set(traceId, trace)
    touched.push(trace)
    return trace
  }

  #forgetQuietest(out: Outcome): boolean {
    const [trace] = this.#traces.values()
    if (trace === undefined) return false
    this.#decide(trace, Number.POSITIVE_INFINITY, out)
    this.#traces.delete(trace.id)
    this.#spanCount -= trace.parents.size
    return true
  }

  #decide(trace: Trace, nowMs: number, out: Outcome): void {
    let isOpen = false
    for (const { state, sentAgain } of trace.entries.values()) if (state === 'held' || sentAgain) isOpen = true
    if (!isOpen) return
    decideTrace(trace, { settleMs: this.#settings.settleMs, nowMs }, out)
    let due: number | null = null
    for (const { state, sinceMs } of trace.entries.values())
      if (state === 'held') due = Math.min(due ?? Number.POSITIVE_INFINITY, sinceMs + this.#settings.settleMs)
    if (due === null) this.#dueMs.delete(trace)
    else this.#dueMs.set(trace, due)
  }
}
