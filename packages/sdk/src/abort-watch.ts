/**
 * A client aborts by its own timer with the same error as by hand, and fetch overwrites the stack that tells them apart. It can be
 * read while the signal fires.
 */

/** On Node: a timer of a package called `abort` itself. An application's own timer may serve any purpose, so it is none. */
const clientTimer = /AbortController\.abort .*\n\s*at Timeout\b.*[\\/]node_modules[\\/].*\n\s*at listOnTimeout\b/
/** An AbortSignal.timeout, perhaps of the application, that the client passed on. */
const signalTimer = /\n\s*at Timeout\b.*\(node:internal\/abort_controller\b/

/** Says whether a timer fired the signal. Returns the function that stops listening. */
export function watchAbort(signal: AbortSignal, onTimer: () => void): () => void {
  const onAbort = () => {
    if (isByTimer(signal.reason)) onTimer()
  }
  signal.addEventListener('abort', onAbort, { once: true })
  return () => signal.removeEventListener('abort', onAbort)
}

function isByTimer(reason: unknown): boolean {
  const stack = typeof reason === 'object' && reason !== null && 'stack' in reason ? reason.stack : null
  return typeof stack === 'string' && (clientTimer.test(stack) || signalTimer.test(stack))
}
