/**
 * Keeps the store within its age and its size. Whole days go, the oldest first; the counters keep what they counted,
 * because they are restored from the saved totals and not from the calls.
 */
import type { FastifyBaseLogger } from 'fastify'
import type { CallStore, Dropped } from './store/store.ts'
import { createTrustedClock, type TrustedClock } from './trusted-clock.ts'

export type DropReason = 'age' | 'size' | 'unread'

export interface RetentionOptions {
  readonly store: Pick<CallStore, 'dropOld'>
  /** Makes the saved totals hold what is to be dropped. */
  readonly saveTotals: () => Promise<void>
  readonly days: number
  readonly bytes: number
  /** Calls with a greater seq are waited for by another reader; infinity when there is none. */
  readonly keepAfterSeq: () => number
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** Milliseconds of a clock that nobody sets. */
  readonly monotonicMs: () => number
  readonly logger: FastifyBaseLogger
  /** Told of every call that is dropped, once: `unread` is dropped for size before another reader had it. */
  readonly onDropped: (reason: DropReason, calls: number) => void
}

export interface Retention {
  /** Drops what is due. Never rejects. */
  run(): Promise<void>
  /** Waits for a run at work. */
  close(): Promise<void>
}

const dayMs = 86_400_000
const everyMs = 60_000

/** Runs at once, and then every minute. */
export function startRetention(options: RetentionOptions): Retention {
  let running: Promise<void> | null = null
  const clock = createTrustedClock(options)
  const run = () => {
    running ??= dropOld(options, clock).finally(() => {
      running = null
    })
    return running
  }
  void run()
  const timer = setInterval(() => void run(), everyMs).unref()
  return {
    run,
    async close() {
      clearInterval(timer)
      await running
    },
  }
}

async function dropOld(options: RetentionOptions, clock: TrustedClock): Promise<void> {
  const { store, saveTotals, days, bytes, keepAfterSeq, logger } = options
  const { nowMs, aheadMs } = clock.read()
  if (aheadMs > 0)
    logger.warn(
      { aheadMs },
      'the clock jumped forward: no call is dropped for its age by it until it has stood so for a day',
    )
  try {
    const request = () => ({ beforeMs: nowMs - days * dayMs, maxBytes: bytes, keepAfterSeq: keepAfterSeq() })
    const first = await store.dropOld(request())
    tell(first, options)
    if (first.heldBy === 'sums') logger.warn('cannot add up the calls that retention does not keep; they stay')
    if (first.heldBy !== 'totals') return
    await saveTotals()
    tell(await store.dropOld(request()), options)
  } catch (error) {
    // Nobody awaits this; it is due again in a minute.
    logger.error({ err: error }, 'cannot drop old calls')
  }
}

function tell({ aged, oversized, unread }: Dropped, { logger, onDropped }: RetentionOptions): void {
  if (aged + oversized === 0) return
  if (aged > 0) onDropped('age', aged)
  if (oversized > unread) onDropped('size', oversized - unread)
  if (unread > 0) onDropped('unread', unread)
  const told = { aged, oversized, unread }
  if (unread > 0) logger.warn(told, 'dropped calls to stay within retention.bytes before they were forwarded')
  else logger.info(told, 'dropped calls that retention does not keep')
}
