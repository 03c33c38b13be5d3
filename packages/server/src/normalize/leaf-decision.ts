/** Decides about one trace as far as it has been seen. The rules stand at the head of trace-leaves.ts. */
import type { LlmCall } from '@inferometer/core/call'
import { areApart, countEach } from './leaf-apart.ts'
import { type Group, type Grouping, groupSightings, type Sighting } from './leaf-groups.ts'
import {
  type DropReason,
  type Entry,
  findAbove,
  longestWay,
  type Outcome,
  type Trace,
  withoutContent,
} from './leaf-trace.ts'
import { joinAttempts, mergeSightings } from './merge-calls.ts'
import type { Layer } from './span-reading.ts'

export interface DecisionTimes {
  readonly settleMs: number
  readonly nowMs: number
}

/** One pass over a trace: what can be decided now is. */
export function decideTrace(trace: Trace, times: DecisionTimes, out: Outcome): void {
  if (areApart(trace)) countEach(trace, out)
  else new Decision(trace, times, out).run()
  forgetOldest(trace)
}

/** The work of a pass is bounded: of a trace without end, the decisions longest ago are forgotten first. */
function forgetOldest({ entries }: Trace): void {
  for (const [spanId, { state }] of entries) {
    if (entries.size <= mostSightings) return
    if (state !== 'held') entries.delete(spanId)
  }
}

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

  #toSightings(): readonly Sighting[] {
    const { entries } = this.#trace
    const sightings = new Map<string, OpenSighting>()
    for (const [spanId, { seen, state }] of entries)
      sightings.set(spanId, { seen, above: null, depth: 0, isCounted: state === 'counted', boundTo: null })
    for (const [spanId, entry] of entries) {
      const sighting = sightings.get(spanId)
      if (sighting === undefined) throw new Error('BUG: an entry without a sighting')
      this.#entryOf.set(sighting, entry)
      if (entry.boundTo !== null) sighting.boundTo = sightings.get(entry.boundTo) ?? null
      const above = entries.size === 1 ? null : findAbove(this.#trace, spanId)
      sighting.above = above === null ? null : (sightings.get(above) ?? null)
    }
    for (const sighting of sightings.values()) setDepth(sighting)
    return [...sightings.values()]
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
    const speakers = counted === undefined ? group.members.filter((sighting) => !this.#isGone(sighting)) : [counted]
    const [speaker, call] = toRecord(group, speakers) ?? []
    if (speaker === undefined || call === undefined) return
    for (const sighting of group.members) {
      if (sighting === speaker) continue
      const entry = this.#entry(sighting)
      this.#drop(entry, 'duplicate')
      if (entry.state === 'dropped') entry.boundTo ??= call.spanId
    }
    for (const attempt of group.attempts)
      for (const sighting of attempt.members) if (sighting !== speaker) this.#drop(this.#entry(sighting), 'attempt')
    const entry = this.#entry(speaker)
    if (entry.state === 'counted') this.#countAgain(entry, call)
    else this.#count(entry, call)
  }

  /** A sighting above it was counted before it was known to be a sum. */
  #isCovered(group: Group): boolean {
    const passed = new Set(group.members)
    for (const member of group.members)
      for (let above = member.above; above !== null && !passed.has(above); above = above.above) {
        if (this.#entry(above).state === 'counted') return true
        passed.add(above)
      }
    return false
  }

  /** Dropped before and not sent again: its sender has been answered, so it cannot be the one that is recorded now. */
  #isGone(sighting: Sighting): boolean {
    const { state, sentAgain } = this.#entry(sighting)
    return state === 'dropped' && !sentAgain
  }

  #isReady(group: Group): boolean {
    const { members } = group
    if (members.some(({ seen }) => seen.layer === 'wire')) return true
    const sinceMs = Math.min(...members.map((sighting) => this.#entry(sighting).sinceMs))
    if (this.#times.nowMs >= sinceMs + this.#times.settleMs) return true
    if (members.some((sighting) => sighting.seen.awaitsEvents || this.#mayBeRetried(sighting))) return false
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
    for (let steps = 0; id !== null && steps < longestWay; steps++) {
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
    entry.sentAgain = false
    this.#out.counted.push(call)
    entry.state = 'counted'
    entry.seen = withoutContent(entry.seen)
  }

  /** Once in a pass, however many ways lead here: its sender waits for one decision. */
  #countAgain(entry: Entry, call: LlmCall): void {
    if (!entry.sentAgain) return
    entry.sentAgain = false
    this.#out.counted.push(call)
    entry.seen = withoutContent(entry.seen)
  }

  #drop(entry: Entry, reason: DropReason): void {
    // Counted before it was known to be the same call: it stays counted.
    if (entry.state === 'counted') this.#countAgain(entry, entry.seen.call)
    if (entry.state === 'counted' || (entry.state === 'dropped' && !entry.sentAgain)) return
    entry.sentAgain = false
    const { traceId, spanId } = entry.seen.call
    this.#out.dropped.push({ traceId, spanId, reason })
    entry.state = 'dropped'
    entry.seen = withoutContent(entry.seen)
  }
}

/** Remembered sightings of one trace. */
const mostSightings = 256

/** Sightings above each other that are taken for one call; honest ones are five at most. */
const deepestNesting = 15

type OpenSighting = { -readonly [Key in keyof Sighting]: Sighting[Key] }

/** Cuts circles, which no honest sender makes. */
function setDepth(sighting: OpenSighting): void {
  const way: OpenSighting[] = []
  const onWay = new Set<Sighting>()
  let at: OpenSighting | null = sighting
  while (at !== null && at.depth === 0 && at.above !== null) {
    if (onWay.has(at)) {
      const last = way.at(-1)
      if (last !== undefined) last.above = null
      break
    }
    way.push(at)
    onWay.add(at)
    at = at.above
  }
  for (const step of way.reverse()) {
    if (step.above !== null && step.above.depth >= deepestNesting) step.above = null
    step.depth = step.above === null ? 0 : step.above.depth + 1
  }
}

/** The one of `speakers` that speaks for the group, and the record that all of it makes. Null: there are no speakers. */
function toRecord(group: Group, speakers: readonly Sighting[]): readonly [Sighting, LlmCall] | null {
  const [speaker] = [...speakers].sort(bySpeaker)
  if (speaker === undefined) return null
  const order = [...group.members].sort(bySpeaker)
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
  return rank(a) - rank(b) || b.depth - a.depth || (a.seen.call.spanId < b.seen.call.spanId ? -1 : 1)
}
