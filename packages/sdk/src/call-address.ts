import { type Endpoint, findEndpoint } from '@inferometer/core/wire/detect'

const maxKnown = 256
const known = new Map<string, URL | null>()
const endpoints = new WeakMap<URL, Endpoint>()

/**
 * The address parsed, when a POST to it may be a model call. Null otherwise. An application asks for the same few addresses
 * again and again, so the answers are kept: for other traffic this is one look into a table.
 */
export function findCallUrl(address: string): URL | null {
  const found = known.get(address)
  if (found !== undefined) return found
  const url = URL.canParse(address) ? new URL(address) : null
  const endpoint = url === null ? null : findEndpoint('POST', url)
  const callUrl = endpoint === null ? null : url
  if (url !== null && endpoint !== null) endpoints.set(url, endpoint)
  if (known.size >= maxKnown) known.clear()
  known.set(address, callUrl)
  return callUrl
}

/** What is served at an address of findCallUrl; of this copy's or of another copy of this package, which shares the runtime. */
export function endpointOf(url: URL): Endpoint | null {
  return endpoints.get(url) ?? findEndpoint('POST', url)
}
