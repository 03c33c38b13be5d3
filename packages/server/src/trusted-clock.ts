/** A clock on the wall that jumps forward is not believed at once: what is deleted by it would be gone. */
export interface TrustedClockOptions {
  /** Milliseconds since the Unix epoch, of the clock on the wall. */
  readonly now: () => number
  /** Milliseconds of a clock that nobody sets. */
  readonly monotonicMs: () => number
}

export interface TrustedClock {
  /** The time on the wall; while a jump is not believed yet, the time it would be without it. */
  read(): { readonly nowMs: number; readonly aheadMs: number }
}

const dayMs = 86_400_000
/** Less is a machine that slept over night; days are what is dropped, so it does no harm. */
const jumpMs = dayMs
/** A clock that goes on saying so for this long is right. */
const believedAfterMs = dayMs

export function createTrustedClock({ now, monotonicMs }: TrustedClockOptions): TrustedClock {
  let trustedOffsetMs = now() - monotonicMs()
  let doubtedSinceMs: number | null = null
  return {
    read() {
      const ranMs = monotonicMs()
      const offsetMs = now() - ranMs
      const aheadMs = offsetMs - trustedOffsetMs
      if (aheadMs > jumpMs) doubtedSinceMs ??= ranMs
      else doubtedSinceMs = null
      if (doubtedSinceMs !== null && ranMs - doubtedSinceMs < believedAfterMs)
        return { nowMs: ranMs + trustedOffsetMs, aheadMs }
      doubtedSinceMs = null
      trustedOffsetMs = offsetMs
      return { nowMs: ranMs + offsetMs, aheadMs: 0 }
    },
  }
}
