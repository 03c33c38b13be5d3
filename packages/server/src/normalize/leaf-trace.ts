/** What is remembered of one trace, and what comes out of a decision about it. */
import type { LlmCall } from '@inferometer/core/call'
import type { SeenCall } from './normalize.ts'

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

export interface Entry {
  seen: SeenCall
  readonly sinceMs: number
  state: 'held' | 'counted' | 'dropped'
  sentAgain: boolean
  /** Span id of the counted sighting as whose duplicate it was dropped. */
  boundTo: string | null
}

export interface Trace {
  readonly id: string
  readonly parents: Map<string, string | null>
  readonly entries: Map<string, Entry>
  touchedMs: number
  /** Among those of the batch that is being taken. */
  isTouched: boolean
}

export class Outcome implements LeafDecisions {
  readonly counted: LlmCall[] = []
  readonly dropped: { traceId: string; spanId: string; reason: DropReason }[] = []
}

/** Spans between two sightings, or up to the root: beyond this many, what is above is not looked for. */
export const longestWay = 200

/** The nearest sighting above, over spans that are none. Null: none, or the way to it was not seen. */
export function findAbove({ parents, entries }: Trace, spanId: string): string | null {
  let id = parents.get(spanId) ?? null
  for (let steps = 0; id !== null && steps < longestWay; steps++) {
    if (entries.has(id)) return id
    id = parents.get(id) ?? null
  }
  return null
}

/** What was decided is remembered for its ids and times only. */
export function withoutContent(seen: SeenCall): SeenCall {
  return seen.call.content === null ? seen : { ...seen, call: { ...seen.call, content: null } }
}
