/**
 * The sightings of one trace → the calls that were made. Pure, and the same for any order in which the spans came.
 *
 * Deepest first: a sighting above exactly one call saw that call; one above several is their sum and no call. Sightings side by
 * side are one call if `isSameCall` says so and no instrumentation appears twice in it: one instrumentation sees a call once.
 * A failed call before another of the same parent is an attempt of it, where the parent retries: an AI SDK operation,
 * whose instrumentation makes one span per attempt, or a framework's call.
 */
import type { LlmCall } from '@inferometer/core/call'
import { endOf } from './merge-calls.ts'
import type { SeenCall } from './normalize.ts'
import { isSameCall, listMatchKeys } from './same-call.ts'

export interface Sighting {
  readonly seen: SeenCall
  /** The nearest span above it that is a sighting, too. */
  readonly above: Sighting | null
  /** How many sightings are above it. */
  readonly depth: number
  /** It is counted already, and cannot become a part of another call. */
  readonly isCounted: boolean
  /** The counted sighting as whose duplicate it was dropped: it stays its duplicate, whatever else comes. */
  readonly boundTo: Sighting | null
}

export interface Group {
  readonly members: Sighting[]
  /** Failed groups that were attempts of this call. */
  readonly attempts: Group[]
}

export interface Grouping {
  readonly groups: readonly Group[]
  /** Sightings that sum up several calls below them. */
  readonly sums: ReadonlySet<Sighting>
}

export function groupSightings(sightings: readonly Sighting[]): Grouping {
  if (sightings.length === 1) return { groups: [{ members: [...sightings], attempts: [] }], sums: new Set() }
  const work = new Work()
  for (const level of toLevels(sightings)) {
    for (const sighting of level) work.place(sighting)
    work.mergeSame()
    work.foldAttempts()
  }
  return { groups: work.listGroups(), sums: work.sums }
}

/** By number of sightings above, deepest first; within a level by time. */
function toLevels(sightings: readonly Sighting[]): readonly (readonly Sighting[])[] {
  const levels: Sighting[][] = []
  for (const sighting of [...sightings].sort(byStart)) {
    const level = levels[sighting.depth] ?? []
    levels[sighting.depth] = level
    level.push(sighting)
  }
  return levels.reverse()
}

function byStart(a: Sighting, b: Sighting): number {
  const [x, y] = [a.seen.call, b.seen.call]
  return x.startTimeUs - y.startTimeUs || (x.spanId < y.spanId ? -1 : 1)
}

/** Neighbours in time that are compared: more than this many calls at once share no ids and counts. */
const comparedNeighbours = 64

class Work {
  readonly sums = new Set<Sighting>()
  readonly #groupOf = new Map<Sighting, Group>()
  /** Groups of the sightings right below one. */
  readonly #below = new Map<Sighting, Set<Sighting>>()

  listGroups(): readonly Group[] {
    return [...new Set(this.#groupOf.values())]
  }

  place(sighting: Sighting): void {
    const groups = new Set<Group>()
    for (const child of this.#below.get(sighting) ?? []) {
      const group = this.#groupOf.get(child)
      if (group !== undefined) groups.add(group)
    }
    const [only, ...more] = groups
    if (more.length > 0) this.sums.add(sighting)
    else if (only === undefined) this.#groupOf.set(sighting, { members: [sighting], attempts: [] })
    else {
      only.members.push(sighting)
      this.#groupOf.set(sighting, only)
    }
    this.#noteBelow(sighting, more.length > 0)
  }

  /** What is below a sum is below whatever is above it, too. */
  #noteBelow(sighting: Sighting, isSum: boolean): void {
    if (sighting.above === null) return
    const below = this.#below.get(sighting.above) ?? new Set()
    this.#below.set(sighting.above, below)
    if (!isSum) below.add(sighting)
    else for (const child of this.#below.get(sighting) ?? []) below.add(child)
  }

  mergeSame(): void {
    for (const sighting of this.#groupOf.keys()) {
      const { boundTo } = sighting
      if (boundTo !== null && this.#canJoin(boundTo, sighting)) this.#merge(boundTo, sighting)
    }
    const buckets = new Map<string, Sighting[]>()
    for (const sighting of [...this.#groupOf.keys()].sort(byStart))
      for (const key of listMatchKeys(sighting.seen.call)) {
        const bucket = buckets.get(key)
        if (bucket === undefined) buckets.set(key, [sighting])
        else bucket.push(sighting)
      }
    for (const bucket of buckets.values()) if (bucket.length > 1) this.#mergeBucket(bucket)
  }

  #mergeBucket(bucket: readonly Sighting[]): void {
    bucket.forEach((sighting, index) => {
      const from = Math.max(0, index - comparedNeighbours)
      for (let other = index - 1; other >= from; other--) {
        const neighbour = bucket[other]
        if (neighbour !== undefined && this.#canMerge(neighbour, sighting)) {
          this.#merge(neighbour, sighting)
          return
        }
      }
    })
  }

  #canMerge(a: Sighting, b: Sighting): boolean {
    return this.#canJoin(a, b) && isSameCall(a.seen.call, b.seen.call)
  }

  /** One instrumentation sees a call once, and two counted calls are two. */
  #canJoin(a: Sighting, b: Sighting): boolean {
    const x = this.#groupOf.get(a)
    const y = this.#groupOf.get(b)
    if (x === undefined || y === undefined || x === y || sharesEmitter(x, y)) return false
    return !(isCounted(x) && isCounted(y))
  }

  #merge(a: Sighting, b: Sighting): void {
    const [into, from] = [this.#groupOf.get(a), this.#groupOf.get(b)]
    if (into === undefined || from === undefined) throw new Error('BUG: merged a sighting that has no group')
    into.members.push(...from.members)
    into.attempts.push(...from.attempts)
    for (const member of from.members) this.#groupOf.set(member, into)
    for (const attempt of from.attempts) for (const member of attempt.members) this.#groupOf.set(member, into)
  }

  foldAttempts(): void {
    const siblings = new Map<string, Sighting[]>()
    for (const sighting of this.#groupOf.keys()) {
      const key = retryKey(sighting)
      if (key === null) continue
      const list = siblings.get(key)
      if (list === undefined) siblings.set(key, [sighting])
      else list.push(sighting)
    }
    for (const list of siblings.values()) if (list.length > 1) this.#foldSiblings(list.sort(byStart))
  }

  #foldSiblings(list: readonly Sighting[]): void {
    list.forEach((sighting, index) => {
      const group = this.#groupOf.get(sighting)
      if (group === undefined || !group.members.every(isOpenFailure)) return
      const next = list.find(
        (other, at) => at > index && this.#groupOf.get(other) !== group && follows(sighting.seen.call, other.seen.call),
      )
      const successor = next === undefined ? undefined : this.#groupOf.get(next)
      if (successor === undefined) return
      successor.attempts.push(...group.attempts, { members: group.members, attempts: [] })
      for (const member of [...group.members, ...group.attempts.flatMap(({ members }) => members)])
        this.#groupOf.set(member, successor)
    })
  }
}

/** Written out: it is asked of every pair of neighbours, and groups have few members. */
function sharesEmitter(a: Group, b: Group): boolean {
  for (const { seen } of a.members) {
    const { emitter } = seen
    for (const other of b.members) if (other.seen.emitter === emitter) return true
  }
  return false
}

function isCounted({ members }: Group): boolean {
  return members.some((member) => member.isCounted)
}

function isOpenFailure(sighting: Sighting): boolean {
  return sighting.seen.call.status === 'error' && !sighting.isCounted
}

/** Under what a failed call can be retried, by whom, and for what. Null: nobody is known to retry it. */
function retryKey({ seen: { call, emitter, perAttempt }, above }: Sighting): string | null {
  const parent = perAttempt ? call.parentSpanId : (above?.seen.call.spanId ?? null)
  return parent === null ? null : `${parent} ${emitter} ${call.operation} ${call.requestModel}`
}

function follows(failed: LlmCall, next: LlmCall): boolean {
  return next.startTimeUs >= endOf(failed) - 1_000
}
