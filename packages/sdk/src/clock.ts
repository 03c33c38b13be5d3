/** Where time, identity and deferral come from. */
export interface Clock {
  /** Monotonic, milliseconds. */
  nowMs(): number
  /** Integer microseconds since the Unix epoch. */
  epochUs(): number
}

/** The global is a getter on Node, and asking it costs as much as the time does. */
const { performance } = globalThis

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  epochUs: () => Date.now() * 1000,
}

/** A timer that never keeps the process alive. Returns the function that stops it. */
export function startTimer(delayMs: number, action: () => void): () => void {
  const timer: unknown = setTimeout(action, delayMs)
  if (hasUnref(timer)) timer.unref()
  return () => clearTimeout(timer as ReturnType<typeof setTimeout>) // what setTimeout gave, back to its own clearTimeout
}

function hasUnref(timer: unknown): timer is { unref(): void } {
  return typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function'
}
