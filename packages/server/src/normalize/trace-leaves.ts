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
 *      - a failed attempt of an operation that has not ended: another attempt may follow.
 * 5. What comes after the decision is dropped: a later sighting of a counted call as its duplicate, a call below a counted sum as covered.
 *    So every call is counted once whatever the order; the order decides only which sighting speaks, and within the window not even that.
 * 6. A counted span that is sent again is counted again, with the same ids: whoever stores it knows it by them. (The first time may
 *    have failed to be stored.)
 *
 * Memory is bounded by `maxSpans`: the trace that was quiet for longest is decided as it stands and forgotten. Pure: time is an argument.
 * A held call exists here only: answer its sender after `settle` has given it out, or lose it in a crash.
 */
import type { LlmCall } from '@inferometer/core/call'
import { type Group, type Grouping, groupSightings, type Sighting } from './leaf-groups.ts'
import { joinAttempts, mergeSightings } from './merge-calls.ts'
import type { SeenCall, SeenSpan } from './normalize.ts'
import type { Layer } from './span-reading.ts'

export interface LeafSettings {
  /** Longest wait for spans that could change a decision. 0: never wait. */
  readonly settleMs: number
  /** How long a quiet trace is remembered, so that late spans are known as duplicates. Above `settleMs`. */
  readonly rememberMs: number
  /** Spans of all remembered traces together. */
  readonly maxSpans: number
}

export type DropReason =
  /** Another sighting of a call that counts. */
  | 'duplicate'
  /** The sum of calls that count, or a part of a sum that counts. */
  | 'covered'
  /** A failed attempt of a call that counts. */
  | 'attempt'

export interface LeafDecisions {
  readonly counted: readonly LlmCall[]
  readonly dropped: readonly { readonly traceId: string; readonly spanId: string; readonly reason: DropReason }[]
}

export interface LeafSelector {
  /** Spans of one batch, in any order. Calls that are held come out of a later `take` or `settle`. */
  take(spans: readonly SeenSpan[], nowMs: number): LeafDecisions
  /** Decides what has waited long enough and forgets old traces. Call it when `nextDueMs` has come. */
  settle(nowMs: number): LeafDecisions
  /** Decides everything as it stands: before the process ends. */
  flush(): LeafDecisions
  readonly heldCount: number
  /** When the first held call is due. Null: none is held. */
  nextDueMs(): number | null
}

interface Entry {
  seen: SeenCall
  readonly sinceMs: number
  state: 'held' | 'counted' | 'dropped'
  sentAgain: boolean
}

interface Trace {
  readonly id: string
  readonly parents: Map<string, string | null>
  readonly entries: Map<string, Entry>
  touchedMs: number
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
    const touched = new Set<Trace>()
    for (const span of spans) touched.add(this.#note(span, nowMs))
    const out = new Outcome()
    for (const trace of touched) {
      // Quiet traces are at the front.
      this.#traces.delete(trace.id)
      this.#traces.set(trace.id, trace)
      this.#decide(trace, nowMs, out)
    }
    while (this.#spanCount > this.#settings.maxSpans && this.#forgetQuietest(out));
    return out
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

  #note({ traceId, spanId, parentSpanId, reading }: SeenSpan, nowMs: number): Trace {
    let trace = this.#traces.get(traceId)
    if (trace === undefined) {
      trace = { id: traceId, parents: new Map(), entries: new Map(), touchedMs: nowMs }
      this.#traces.set(traceId, trace)
    }
    trace.touchedMs = nowMs
    if (!trace.parents.has(spanId)) this.#spanCount++
    trace.parents.set(spanId, parentSpanId)
    if (reading === null) return trace
    const known = trace.entries.get(spanId)
    if (known === undefined)
      trace.entries.set(spanId, { seen: reading, sinceMs: nowMs, state: 'held', sentAgain: false })
    else {
      known.seen = reading
      known.sentAgain = true
    }
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
    new Decision(trace, { settleMs: this.#settings.settleMs, nowMs }, out).run()
    let due: number | null = null
    for (const { state, sinceMs } of trace.entries.values())
      if (state === 'held') due = Math.min(due ?? Number.POSITIVE_INFINITY, sinceMs + this.#settings.settleMs)
    if (due === null) this.#dueMs.delete(trace)
    else this.#dueMs.set(trace, due)
  }
}

class Outcome implements LeafDecisions {
  readonly counted: LlmCall[] = []
  readonly dropped: { traceId: string; spanId: string; reason: DropReason }[] = []
}

interface DecisionTimes {
  readonly settleMs: number
  readonly nowMs: number
}

/** One pass over a trace: what can be decided now is. */
class Decision {
  readonly #trace: Trace
  readonly #times: DecisionTimes
  readonly #out: Outcome
  readonly #entryOf = new Map<Sighting, Entry>()

  constructor(trace: Trace, times: DecisionTimes, out: Outcome) {
    this.#trace = trace
    this.#times = times
    this.#out = out
  }

  run(): void {
    const grouping = groupSightings(this.#toSightings())
    this.#decideSums(grouping)
    for (const group of grouping.groups) this.#decideGroup(group)
    for (const entry of this.#trace.entries.values()) entry.sentAgain = false
  }

  #toSightings(): Sighting[] {
    const sightings = new Map<string, Sighting>()
    const toSighting = (spanId: string, entry: Entry): Sighting => {
      const known = sightings.get(spanId)
      if (known !== undefined) return known
      const aboveId = this.#findAbove(spanId)
      const above = aboveId === null ? undefined : this.#trace.entries.get(aboveId)
      const sighting = { seen: entry.seen, above: aboveId && above ? toSighting(aboveId, above) : null }
      sightings.set(spanId, sighting)
      this.#entryOf.set(sighting, entry)
      return sighting
    }
    for (const [spanId, entry] of this.#trace.entries) toSighting(spanId, entry)
    return [...sightings.values()]
  }

  /** The nearest sighting above, over spans that are none. Null: none, or the way to it was not seen. */
  #findAbove(spanId: string): string | null {
    const { parents, entries } = this.#trace
    let id = parents.get(spanId) ?? null
    for (let steps = 0; id !== null && steps < deepestTrace; steps++) {
      if (id === spanId) return null
      if (entries.has(id)) return this.#isCircle(spanId, id) ? null : id
      id = parents.get(id) ?? null
    }
    return null
  }

  /** Senders make no circles, but attackers do. */
  #isCircle(from: string, above: string): boolean {
    let id: string | null = above
    for (let steps = 0; id !== null && steps < deepestTrace; steps++) {
      if (id === from) return true
      id = this.#trace.parents.get(id) ?? null
    }
    return id !== null
  }

  #decideSums({ sums }: Grouping): void {
    for (const sighting of sums) {
      const entry = this.#entry(sighting)
      if (entry.state === 'counted') this.#countAgain(entry, sighting.seen.call)
      else this.#drop(entry, 'covered')
    }
  }

  #decideGroup(group: Group): void {
    const all = [...group.members, ...group.attempts.flatMap(({ members }) => members)]
    const counted = all.find((sighting) => this.#entry(sighting).state === 'counted')
    if (counted === undefined && this.#isCovered(group)) {
      for (const sighting of all) this.#drop(this.#entry(sighting), 'covered')
      return
    }
    if (counted === undefined && !this.#isReady(group)) return
    const [speaker, call] = toRecord(group, counted)
    for (const sighting of group.members) if (sighting !== speaker) this.#drop(this.#entry(sighting), 'duplicate')
    for (const attempt of group.attempts)
      for (const sighting of attempt.members) if (sighting !== speaker) this.#drop(this.#entry(sighting), 'attempt')
    const entry = this.#entry(speaker)
    if (entry.state === 'counted') this.#countAgain(entry, call)
    else this.#count(entry, call)
  }

  /** A sighting above it was counted before it was known to be a sum. */
  #isCovered({ members }: Group): boolean {
    for (const member of members)
      for (let above = member.above; above !== null; above = above.above)
        if (!members.includes(above) && this.#entry(above).state === 'counted') return true
    return false
  }

  #isReady(group: Group): boolean {
    const { members } = group
    if (members.some(({ seen }) => seen.layer === 'wire')) return true
    const sinceMs = Math.min(...members.map((sighting) => this.#entry(sighting).sinceMs))
    if (this.#times.nowMs >= sinceMs + this.#times.settleMs) return true
    if (members.some((sighting) => this.#mayBeRetried(sighting))) return false
    const known = members.filter(({ seen: { call } }) => call.status !== 'success' || call.usageSource !== 'missing')
    if (known.length === 0) return false
    if (members.some(({ seen }) => seen.layer === 'client')) return true
    return members.every((sighting) => sighting.seen.layer === 'server' && this.#isRootKnown(sighting))
  }

  #mayBeRetried({ seen: { call, perAttempt } }: Sighting): boolean {
    const { parentSpanId } = call
    return perAttempt && call.status === 'error' && parentSpanId !== null && !this.#trace.parents.has(parentSpanId)
  }

  #isRootKnown({ seen }: Sighting): boolean {
    let id: string | null | undefined = seen.call.spanId
    for (let steps = 0; id !== null && steps < deepestTrace; steps++) {
      id = this.#trace.parents.get(id)
      if (id === undefined) return false
    }
    return true
  }

  #entry(sighting: Sighting): Entry {
    const entry = this.#entryOf.get(sighting)
    if (entry === undefined) throw new Error('BUG: a sighting is of no entry')
    return entry
  }

  #count(entry: Entry, call: LlmCall): void {
    this.#out.counted.push(call)
    entry.state = 'counted'
    entry.seen = withoutContent(entry.seen)
  }

  #countAgain(entry: Entry, call: LlmCall): void {
    if (!entry.sentAgain) return
    this.#out.counted.push(call)
    entry.seen = withoutContent(entry.seen)
  }

  #drop(entry: Entry, reason: DropReason): void {
    if (entry.state === 'counted' || (entry.state === 'dropped' && !entry.sentAgain)) return
    const { traceId, spanId } = entry.seen.call
    this.#out.dropped.push({ traceId, spanId, reason })
    entry.state = 'dropped'
    entry.seen = withoutContent(entry.seen)
  }
}

/** Longer ways up are taken for roots: no tracer nests so deep. */
const deepestTrace = 1_000

/** The sighting that speaks for the group, and the record that all of it makes. */
function toRecord(group: Group, counted: Sighting | undefined): readonly [Sighting, LlmCall] {
  const order = [...group.members].sort(bySpeaker)
  const speaker = counted ?? order[0]
  if (speaker === undefined) throw new Error('BUG: a group without members')
  const others = order.filter((sighting) => sighting !== speaker)
  const merged = mergeSightings(
    [speaker.seen.call, ...others.map(({ seen }) => seen.call)],
    speaker.seen.layer === 'wire',
  )
  const failed = group.attempts
    .map(({ members }) => [...members].sort(bySpeaker)[0]?.seen.call)
    .filter((call) => call !== undefined)
    .sort((a, b) => a.startTimeUs - b.startTimeUs)
  return [speaker, joinAttempts(failed, merged)]
}

const layerRanks: Readonly<Record<Layer, number>> = { wire: 0, client: 1, framework: 2, server: 3 }
/** Dialects that say what the provider said, before those that translate it. */
const sourceRanks: Readonly<Record<string, number>> = { 'anthropic-sdk': 0, 'mistral-sdk': 0, gen_ai: 1, 'aws-sdk': 1 }
const otherSources = 2

function bySpeaker(a: Sighting, b: Sighting): number {
  const byLayer = layerRanks[a.seen.layer] - layerRanks[b.seen.layer]
  if (byLayer !== 0) return byLayer
  const rank = ({ seen }: Sighting) => sourceRanks[seen.call.source] ?? otherSources
  return rank(a) - rank(b) || depthOf(b) - depthOf(a) || (a.seen.call.spanId < b.seen.call.spanId ? -1 : 1)
}

function depthOf(sighting: Sighting): number {
  let depth = 0
  for (let above = sighting.above; above !== null; above = above.above) depth++
  return depth
}

/** What was decided is remembered for its ids and times only. */
function withoutContent(seen: SeenCall): SeenCall {
  return seen.call.content === null ? seen : { ...seen, call: { ...seen.call, content: null } }
}
