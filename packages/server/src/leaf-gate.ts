/**
 * Holds the answer to a sender until it is decided which of its spans count, so that an answer still means durable.
 * Most spans are decided at once; normalize/trace-leaves.ts has the rules and says which wait.
 */
import type { LlmCall } from '@inferometer/core/call'
import type { SeenCall, SeenSpan } from './normalize/normalize.ts'
import type { CallIds, DropReason, LeafDecisions, LeafSelector } from './normalize/trace-leaves.ts'

/** What is decided of one request. */
export interface Selection {
  /** To be recorded. */
  readonly calls: readonly LlmCall[]
  /** Sightings of calls that other spans speak for; `repeated`: the same span twice in one request. */
  readonly dropped: ReadonlyMap<DropReason | 'repeated', number>
  /** Trace id and span id of the dropped sightings. */
  readonly droppedKeys: readonly string[]
}

export interface LeafGate {
  /** Resolves when every call among the spans is decided, after the selector's settle time at the latest. */
  take(spans: readonly SeenSpan[]): Promise<Selection>
  /** Changes a call that is held. `late`: it was decided before; null: no such call was seen. */
  amend(ids: CallIds, change: (seen: SeenCall) => SeenCall): 'held' | 'late' | null
  /** Decides everything as it stands and waits for nothing any more. */
  close(): void
}

export interface LeafGateOptions {
  readonly selector: LeafSelector
  readonly nowMs: () => number
}

class Request {
  readonly calls: LlmCall[] = []
  readonly dropped = new Map<DropReason | 'repeated', number>()
  readonly droppedKeys: string[] = []
  readonly selection: Promise<Selection>
  #undecided = 0
  #resolve: (selection: Selection) => void = () => undefined

  constructor() {
    this.selection = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  wait(): void {
    this.#undecided++
  }

  count(call: LlmCall): void {
    this.calls.push(call)
    this.#decided()
  }

  drop(reason: DropReason, key: string): void {
    this.note(reason)
    this.droppedKeys.push(key)
    this.#decided()
  }

  note(reason: DropReason | 'repeated'): void {
    this.dropped.set(reason, (this.dropped.get(reason) ?? 0) + 1)
  }

  resolveIfDecided(): void {
    if (this.#undecided === 0) this.#resolve(this)
  }

  #decided(): void {
    this.#undecided--
    this.resolveIfDecided()
  }
}

function toSelection({ counted, dropped }: LeafDecisions): Selection {
  const reasons = new Map<DropReason, number>()
  for (const { reason } of dropped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  return { calls: counted, dropped: reasons, droppedKeys: dropped.map(({ traceId, spanId }) => toKey(traceId, spanId)) }
}

const toKey = (traceId: string, spanId: string) => traceId + spanId

export function createLeafGate({ selector, nowMs }: LeafGateOptions): LeafGate {
  const waiting = new Map<string, Request[]>()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  /** A span may wait in several requests: its sender tried again. Each records it, and the store knows it by its ids. */
  const requestsOf = (traceId: string, spanId: string): readonly Request[] => {
    const key = toKey(traceId, spanId)
    const requests = waiting.get(key)
    if (requests === undefined) throw new Error(`BUG: nobody waits for the span ${spanId} that was decided`)
    waiting.delete(key)
    return requests
  }
  const tell = ({ counted, dropped }: LeafDecisions) => {
    for (const call of counted) for (const request of requestsOf(call.traceId, call.spanId)) request.count(call)
    for (const { traceId, spanId, reason } of dropped)
      for (const request of requestsOf(traceId, spanId)) request.drop(reason, toKey(traceId, spanId))
  }
  const wait = (request: Request, spans: readonly SeenSpan[]) => {
    for (const { traceId, spanId, reading } of spans) {
      if (reading === null) continue
      const key = toKey(traceId, spanId)
      const others = waiting.get(key)
      if (others?.includes(request)) {
        request.note('repeated')
        continue
      }
      request.wait()
      if (others) others.push(request)
      else waiting.set(key, [request])
    }
  }
  /** Most requests: everything in it is decided at once, nobody else waits, and then all decisions are its own. */
  const isSettled = (spans: readonly SeenSpan[], { counted, dropped }: LeafDecisions): boolean => {
    if (waiting.size > 0) return false
    let readings = 0
    for (const { reading } of spans) if (reading !== null) readings++
    return readings === counted.length + dropped.length
  }
  const schedule = () => {
    clearTimeout(timer)
    const dueMs = selector.nextDueMs()
    if (dueMs !== null) timer = setTimeout(settle, Math.max(0, dueMs - nowMs()))
  }
  const settle = () => {
    tell(selector.settle(nowMs()))
    schedule()
  }

  return {
    take(spans) {
      const decisions = selector.take(spans, nowMs())
      if (isSettled(spans, decisions)) return Promise.resolve(toSelection(decisions))
      const request = new Request()
      wait(request, spans)
      tell(decisions)
      if (isClosed) tell(selector.flush())
      else schedule()
      request.resolveIfDecided()
      return request.selection
    },
    amend(ids, change) {
      const amended = selector.amend(ids, change, nowMs())
      if (amended?.state === 'held') tell(amended.decisions)
      return amended?.state ?? null
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      tell(selector.flush())
    },
  }
}
