import { sdkScope } from '@inferometer/core/attributes'
import type { LlmCall } from '@inferometer/core/call'
import { createCallEncoder } from '@inferometer/core/encode-calls'
import type { AttemptWatch } from './attempt-watch.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Config } from './config.ts'
import { type ContentKeeper, createContentKeeper } from './content-keeper.ts'
import type { ContextStore } from './context.ts'
import { type CountDrop, Exporter, type Spool } from './export/exporter.ts'
import type { Transport } from './export/retry.ts'
import { createGuard, type Guard } from './guard.ts'
import { createLater } from './later.ts'
import type { ScanBeside } from './scan-beside.ts'
import { SeenRequests } from './seen-requests.ts'
import { version } from './version.ts'
import { Watcher } from './watcher.ts'

export interface Stats {
  /** Calls that were seen to their end. */
  readonly calls: number
  /** Calls that the server took. */
  readonly exported: number
  /** Calls that wait in memory, for their export or for their prompts to be looked through. */
  readonly queued: number
  /** Calls that wait on disk, of all processes of the service. */
  readonly spooled: number
  /** Calls under way. */
  readonly open: number
  /** Calls that wait for a client's retry. */
  readonly held: number
  /** Lost calls by reason. */
  readonly dropped: Readonly<Record<string, number>>
  /** Requests that looked like model calls and went past the hook. */
  readonly missed: number
  /** Calls whose prompts could not be looked through in the thread beside. */
  readonly unscanned: number
  readonly internalErrors: number
}

/** What `start` gives. */
export interface Handle {
  /** Sends what is known by now. Calls that wait for a client's retry are ended. */
  flush(): Promise<void>
  /** Flushes, and takes every hook away. */
  shutdown(): Promise<void>
  stats(): Stats
}

export interface RuntimeOptions {
  readonly config: Config
  readonly context: ContextStore
  readonly transport: Transport
  readonly closeTransport: () => void
  readonly openSpool: (onDrop: CountDrop) => Spool | null
  /** Runs the action when the application has had its turn. */
  readonly defer: (action: () => void) => void
  readonly report: (message: string) => void
  /** What looks prompts through where the application gave no `safety`. */
  readonly scanBeside?: ScanBeside | null
}

/** The instrument without its hooks. */
export interface Runtime extends Handle {
  readonly config: Config
  readonly clock: Clock
  readonly guard: Guard
  readonly context: ContextStore
  readonly content: ContentKeeper
  readonly watcher: Watcher
  readonly seen: SeenRequests
  readonly report: (message: string) => void
  record(call: LlmCall): void
  countMissed(): number
  /** Nothing more will arrive: every call ends with what has. */
  endCalls(): void
  /** At exit: everything to disk, without waiting. */
  spillNow(): void
  /** Ended by shutdown: lets everything pass. */
  readonly active: boolean
  onShutdown(action: () => void): void
}

const sender = { name: sdkScope, version, resourceAttributes: new Map() }

export function createRuntime(options: RuntimeOptions): Runtime {
  const { config, report, scanBeside: beside = null } = options
  const drops = createDropCounter(report)
  const guard = createGuard(report)
  const settle = (attempt: AttemptWatch) => attempt.settle()
  const later = createLater<AttemptWatch>({
    schedule: options.defer,
    work: (attempt) => guard.call(settle, attempt),
  })
  const content = createContentKeeper(config, beside)
  const exporter = createExporter(options, guard, drops.add)
  let calls = 0
  let missed = 0
  let active = true
  const cleanups: (() => void)[] = []
  const record = (call: LlmCall) => {
    calls += 1
    exporter.record(call)
  }
  const endCalls = () => {
    later.drain()
    guard.run(() => watcher.abandonAll())
  }
  const watcher = new Watcher({
    config,
    clock: systemClock,
    later,
    defer: options.defer,
    run: guard.run,
    content,
    context: options.context,
    onCall: (call) => content.settle(call, record),
  })
  exporter.start()
  return {
    config,
    clock: systemClock,
    guard,
    context: options.context,
    content,
    watcher,
    seen: new SeenRequests(systemClock.nowMs),
    report,
    record,
    get active() {
      return active
    },
    countMissed: () => ++missed,
    endCalls,
    async flush() {
      later.drain()
      guard.run(() => {
        watcher.endDelivered()
        watcher.releaseHeld()
      })
      await beside?.drain()
      await exporter.flush()
    },
    async shutdown() {
      if (!active) return
      active = false
      for (const cleanup of cleanups) guard.run(cleanup)
      endCalls()
      await beside?.drain()
      beside?.close()
      await exporter.flush()
      exporter.spillNow()
      options.closeTransport()
    },
    spillNow() {
      endCalls()
      guard.run(() => beside?.release())
      guard.run(() => exporter.spillNow())
    },
    onShutdown: (action) => cleanups.push(action),
    stats() {
      later.drain()
      return countCalls({ calls, missed, drops, exporter, watcher, guard, beside })
    },
  }
}

function createExporter(options: RuntimeOptions, guard: Guard, onDrop: CountDrop): Exporter {
  return new Exporter({
    ...options.config,
    transport: options.transport,
    spool: options.openSpool(onDrop),
    encode: createCallEncoder(sender),
    clock: systemClock,
    run: guard.run,
    onDrop,
  })
}

interface DropCounter {
  readonly add: CountDrop
  read(): Record<string, number>
}

/** Each reason is reported when it is new. */
function createDropCounter(report: (message: string) => void): DropCounter {
  const dropped = new Map<string, number>()
  return {
    add(reason, calls) {
      if (!dropped.has(reason)) report(`calls are being lost (${reason}), see stats().dropped`)
      dropped.set(reason, (dropped.get(reason) ?? 0) + calls)
    },
    read: () => Object.fromEntries(dropped),
  }
}

interface Counted {
  /** That were recorded. */
  readonly calls: number
  readonly missed: number
  readonly drops: DropCounter
  readonly exporter: Exporter
  readonly watcher: Watcher
  readonly guard: Guard
  readonly beside: ScanBeside | null
}

function countCalls({ calls, missed, drops, exporter, watcher, guard, beside }: Counted): Stats {
  const waiting = beside?.waiting ?? 0
  return {
    calls: calls + waiting,
    exported: exporter.exportedCalls,
    queued: exporter.queuedCalls + waiting,
    spooled: exporter.spooledCalls,
    open: watcher.openCalls,
    held: watcher.heldCalls,
    dropped: drops.read(),
    missed,
    unscanned: beside?.unscanned ?? 0,
    internalErrors: guard.internalErrors,
  }
}
