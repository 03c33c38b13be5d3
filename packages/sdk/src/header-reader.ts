/** Request and response headers as fetch, node:http and node:http2 hold them, read by lower-case name. */
export interface HeaderReader {
  get(name: string): string | null
  /** Lower-case names. */
  names(): readonly string[]
}

export const noHeaders: HeaderReader = { get: () => null, names: () => [] }

/** Of fetch: a Headers object, pairs, or a record. Never throws; what it does not understand has no headers. */
export function readFetchHeaders(headers: unknown): HeaderReader {
  if (typeof headers !== 'object' || headers === null) return noHeaders
  if (isHeadersLike(headers)) return { get: (name) => headers.get(name), names: () => [...headers.keys()] }
  const pairs = Array.isArray(headers) ? headers.filter(Array.isArray) : Object.entries(headers)
  return readPairs(pairs)
}

function isHeadersLike(value: object): value is Headers {
  return 'get' in value && typeof value.get === 'function' && 'keys' in value && typeof value.keys === 'function'
}

function readPairs(pairs: readonly unknown[][]): HeaderReader {
  return {
    get(name) {
      for (const [key, value] of pairs) {
        if (typeof key === 'string' && key.length === name.length && key.toLowerCase() === name) return toText(value)
      }
      return null
    },
    names: () => pairs.map(([key]) => String(key).toLowerCase()),
  }
}

/** Of node:http and node:http2: a record with lower-case names whose values may be lists. */
export function readNodeHeaders(headers: Readonly<Record<string, unknown>>): HeaderReader {
  return { get: (name) => toText(headers[name]), names: () => Object.keys(headers) }
}

function toText(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return Array.isArray(value) ? value.join(', ') : String(value)
}
