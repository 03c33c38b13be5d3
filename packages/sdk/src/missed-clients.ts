import diagnostics from 'node:diagnostics_channel'
import { findCallUrl } from './call-address.ts'
import type { Runtime } from './runtime.ts'

/** Built-in fetch and every copy of undici publish here. Source: undici docs, "Diagnostics Channel Support". */
const channel = 'undici:request:create'

/**
 * A client takes hold of fetch when it is made; one made before `start`, or with a fetch of its own, is not watched. Such
 * calls are noticed here, counted, and reported once.
 */
export function watchForMissedClients(readRuntime: () => Runtime | null): () => void {
  const onRequest = (message: unknown) => {
    const runtime = readRuntime()
    runtime?.guard.run(() => {
      const address = readAddress(message)
      if (address === null || runtime.seen.mayCover()) return
      const url = findCallUrl(address)
      if (url !== null && runtime.countMissed() === 1) runtime.report(explainMissed(url))
    })
  }
  diagnostics.subscribe(channel, onRequest)
  return () => diagnostics.unsubscribe(channel, onRequest)
}

/** Null: no POST. */
function readAddress(message: unknown): string | null {
  const request = typeof message === 'object' && message !== null && 'request' in message ? message.request : null
  if (typeof request !== 'object' || request === null) return null
  if (!('origin' in request && 'path' in request && 'method' in request) || request.method !== 'POST') return null
  return `${String(request.origin)}${String(request.path)}`
}

function explainMissed(url: URL): string {
  return (
    `a call to ${url.origin}${url.pathname} was not seen: its client was made before Inferometer started, or has its own fetch. ` +
    "Start first (node --import @inferometer/sdk/register app.js, or import '@inferometer/sdk/register' as the first line), " +
    "or make the client with { fetch: createFetch() } from '@inferometer/sdk'."
  )
}
