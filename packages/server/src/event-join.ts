/**
 * Joins log events to the calls of their spans, whichever comes first. The answer to the sender of an event waits, as long as the
 * leaf gate waits at most, for the commit of its call.
 *
 * Exporters send spans seconds after logs. An event whose span has not come is therefore kept for longer than its sender waits, in
 * bounded memory. When no span comes at all, an event that has everything a span would have is recorded as the call, and others are
 * counted. Of a service that is known to send such events and no spans, they are recorded before they are answered.
 */
import { type LlmCall, unknownLabel } from '@inferometer/core/call'
import type { LeafGate } from './leaf-gate.ts'
import { sendsEvents } from './normalize/dialects.ts'
import type { SeenSpan } from './normalize/normalize.ts'
import { type CallAddition, joinAddition, mergeAdditions } from './normalize/normalize-logs.ts'

/** Why an event added nothing. Bounded: a metric label. */
export type UnusedEvent = 'event_late' | 'event_without_span' | 'event_overflow'

export interface EventSettings {
  /** How long a sender of events waits for the commit of their call. */
  readonly settleMs: number
  /** How long events wait for their span. */
  readonly keepMs: number
  /** Calls whose events wait, and the bytes of what they hold. */
  readonly maxCalls: number
  readonly maxBytes: number
}

/** `W`: the ways in, as the label of the self metrics. */
export interface EventJoinOptions<W extends string> {
  readonly gate: Pick<LeafGate, 'amend'>
  readonly settings: EventSettings
  readonly nowMs: () => number
  readonly onUnused: (way: W, reason: UnusedEvent, count: number) => void
  /** Records calls that only events told of. False: they were refused. */
  readonly record: (calls: readonly LlmCall[], way: W) => Promise<boolean>
}

/** Calls of one request of spans, when it is known what became of them. */
export interface Settled {
  readonly calls: readonly LlmCall[]
  readonly droppedKeys: readonly string[]
  readonly isRecorded: boolean
}

/** One request of events. Resolves to false when a call it waited for was refused. */
class Request {
  readonly done: Promise<boolean>
  #open = 1
  #isTaken = true
  #resolve: (isTaken: boolean) => void = () => undefined

  constructor() {
    this.done = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  wait(): void {
    this.#open++
  }

  release(isTaken: boolean): void {
    if (!isTaken) this.#isTaken = false
    if (--this.#open === 0) this.#resolve(this.#isTaken)
  }
}

interface Shelved<W> {
  addition: CallAddition
  readonly sinceMs: number
  readonly bytes: number
  readonly way: W
  readonly requests: Request[]
}

type Habit = 'probed' | 'silent' | 'sends' | 'alone'

const rememberedEmitters = 1_000
/** After so long without an event, calls of an instrumentation are not held for one any more. */
const habitMs = 600_000

export class EventJoin<W extends string> {
  readonly #options: EventJoinOptions<W>
  /** By trace id and span id, the oldest first. */
  readonly #shelf = new Map<string, Shelved<W>>()
  /** Requests whose calls are known and on their way to the store. */
  readonly #awaited = new Map<string, Request[]>()
  readonly #habits = new Map<string, { habit: Habit; atMs: number }>()
  #bytes = 0
  #timer: NodeJS.Timeout | null = null

  constructor(options: EventJoinOptions<W>) {
    this.#options = options
  }

  /** The spans with what their events said; those of which more may be said are marked to be held. */
  join(spans: readonly SeenSpan[]): readonly SeenSpan[] {
    let joined: SeenSpan[] | null = null
    for (let index = 0; index < spans.length; index++) {
      const span = spans[index]
      const reading = span?.reading
      if (!span || !reading || reading.layer === 'wire') continue
      const shelved = this.#shelf.size === 0 ? undefined : this.#take(span.traceId + span.spanId)
      const { call, emitter } = reading
      const isOpen = shelved === undefined ? call.content === null : !shelved.addition.hasAnswer
      const awaitsEvents = isOpen && this.#expects(call.serviceName, emitter)
      if (shelved === undefined && !awaitsEvents) continue
      if (shelved !== undefined) this.#learn(shelved.addition, 'sends')
      joined ??= [...spans]
      const whole = shelved === undefined ? call : joinAddition(call, shelved.addition)
      joined[index] = { ...span, reading: { ...reading, call: whole, awaitsEvents } }
    }
    return joined ?? spans
  }

  /** Resolves when what the events add is durable, or waits for its span longer than the sender does. False: send it again. */
  take(additions: readonly CallAddition[], way: W): Promise<boolean> {
    const request = new Request()
    for (const addition of additions) {
      const key = addition.traceId + addition.spanId
      const amended = this.#options.gate.amend(addition, (seen) => ({
        ...seen,
        call: joinAddition(seen.call, addition),
        awaitsEvents: !addition.hasAnswer,
      }))
      if (amended === 'late') this.#options.onUnused(way, 'event_late', addition.recordCount)
      this.#learn(addition, amended === null ? null : 'sends')
      if (amended === 'late') continue
      request.wait()
      if (amended === 'held') this.#await(key, [request])
      else this.#keep(key, { addition, way, request })
    }
    request.release(true)
    this.#schedule()
    return request.done
  }

  /** Answers the events of these calls. */
  settled({ calls, droppedKeys, isRecorded }: Settled): void {
    if (this.#awaited.size === 0) return
    for (const { traceId, spanId } of calls) this.#answer(traceId + spanId, isRecorded)
    for (const key of droppedKeys) this.#answer(key, isRecorded)
  }

  /** Waits for no span any more: records what can be recorded without one. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    await Promise.all([...this.#shelf.keys()].map((key) => this.#give(key, 'event_without_span')))
  }

  #expects(serviceName: string, emitter: string): boolean {
    const key = toEmitterKey(serviceName, emitter)
    const known = this.#habits.get(key)
    const nowMs = this.#options.nowMs()
    if (known === undefined) {
      // Before the first event of a service, only its calls that are likely to have some are held, and these only once.
      const isLikely = sendsEvents(emitter)
      this.#setHabit(key, isLikely ? 'probed' : 'silent')
      return isLikely
    }
    if (known.habit === 'probed' && nowMs - known.atMs > this.#options.settings.settleMs) known.habit = 'silent'
    if (known.habit === 'sends' && nowMs - known.atMs > habitMs) known.habit = 'silent'
    return known.habit === 'sends' || known.habit === 'probed'
  }

  /** Null: an event came, and it is not known whether a span will. */
  #learn({ serviceName, emitter }: CallAddition, habit: Habit | null): void {
    const key = toEmitterKey(serviceName ?? unknownLabel, emitter)
    const known = this.#habits.get(key)?.habit
    this.#setHabit(key, habit ?? (known === 'alone' ? 'alone' : 'sends'))
  }

  #setHabit(key: string, habit: Habit): void {
    if (this.#habits.size >= rememberedEmitters) this.#habits.clear()
    this.#habits.set(key, { habit, atMs: this.#options.nowMs() })
  }

  #keep(key: string, { addition, way, request }: { addition: CallAddition; way: W; request: Request }): void {
    const before = this.#take(key, false)
    const whole = before === undefined ? addition : mergeAdditions(before.addition, addition)
    const bytes = bytesOf(whole)
    const requests = [...(before?.requests ?? []), request]
    const sinceMs = this.#options.nowMs()
    this.#shelf.set(key, { addition: whole, sinceMs, bytes, way, requests })
    this.#bytes += bytes
    const { maxCalls, maxBytes } = this.#options.settings
    while (this.#shelf.size > maxCalls || this.#bytes > maxBytes) {
      const [oldest] = this.#shelf.keys()
      if (oldest === undefined) throw new Error('BUG: there are bytes on an empty shelf')
      void this.#give(oldest, 'event_overflow')
    }
  }

  /** Takes the events of a call from the shelf. Their senders wait for its commit. */
  #take(key: string, isClaimed = true): Shelved<W> | undefined {
    const shelved = this.#shelf.get(key)
    if (shelved === undefined) return undefined
    this.#shelf.delete(key)
    this.#bytes -= shelved.bytes
    if (isClaimed) this.#await(key, shelved.requests)
    return shelved
  }

  #await(key: string, requests: readonly Request[]): void {
    if (requests.length === 0) return
    const others = this.#awaited.get(key)
    if (others) others.push(...requests)
    else this.#awaited.set(key, [...requests])
  }

  #answer(key: string, isTaken: boolean): void {
    const requests = this.#awaited.get(key)
    if (requests === undefined) return
    this.#awaited.delete(key)
    for (const request of requests) request.release(isTaken)
  }

  /** No span is waited for: the call is recorded from its events if they have it, else counted. */
  async #give(key: string, reason: UnusedEvent): Promise<void> {
    const shelved = this.#take(key, false)
    if (shelved === undefined) return
    const { addition, way, requests } = shelved
    if (addition.whole === null) this.#options.onUnused(way, reason, addition.recordCount)
    const isTaken =
      addition.whole === null || (await this.#options.record([joinAddition(addition.whole, addition)], way))
    for (const request of requests) request.release(isTaken)
  }

  #sweep(): void {
    const { settleMs, keepMs } = this.#options.settings
    const nowMs = this.#options.nowMs()
    for (const [key, { addition, sinceMs, requests }] of [...this.#shelf]) {
      if (sinceMs + settleMs > nowMs) break
      const known = this.#habits.get(toEmitterKey(addition.serviceName ?? unknownLabel, addition.emitter))
      const isOver = sinceMs + keepMs <= nowMs
      if (isOver) this.#learn(addition, 'alone')
      if (isOver || (known?.habit === 'alone' && addition.whole !== null)) void this.#give(key, 'event_without_span')
      else for (const request of requests.splice(0)) request.release(true)
    }
    this.#schedule()
  }

  #schedule(): void {
    if (this.#shelf.size === 0 || this.#timer !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#sweep()
    }, sweepMs)
  }
}

/** How late a sender of events may be answered. */
const sweepMs = 100

const toEmitterKey = (serviceName: string, emitter: string): string => `${serviceName}\n${emitter}`

const bareBytes = 1_000

function bytesOf({ content, whole }: CallAddition): number {
  const bytesIn = (held: LlmCall['content'] | undefined) =>
    (held?.output?.length ?? 0) + (held?.input ?? []).reduce((sum, { text }) => sum + text.length, 0)
  return bareBytes + 2 * (bytesIn(content) + bytesIn(whole?.content))
}
