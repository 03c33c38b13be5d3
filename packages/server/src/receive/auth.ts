import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a request carries one of the keys, as `Authorization: Bearer <key>` or `x-api-key: <key>`. Without keys everybody may
 * come in (the settings then allow loopback only). Digests of one length are compared, all of them, each in constant time.
 */
export function createKeyCheck(apiKeys: readonly string[]): (headers: IncomingHttpHeaders) => boolean {
  const digests = apiKeys.map(digest)
  return (headers) => {
    if (digests.length === 0) return true
    const given = readKey(headers)
    if (given === null) return false
    const candidate = digest(given)
    return digests.reduce((found, expected) => timingSafeEqual(expected, candidate) || found, false)
  }
}

function readKey(headers: IncomingHttpHeaders): string | null {
  const apiKey = headers['x-api-key']
  if (typeof apiKey === 'string') return apiKey
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')
  return bearer?.[1] ?? null
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
