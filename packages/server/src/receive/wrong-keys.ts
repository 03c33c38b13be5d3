/** How many wrong keys one address may show. A key that was right from there before is let in all the same. */

/** Tries at once; then one each `refillMs`. A person mistypes a few times, a program with an old key comes again for hours. */
const triesAtOnce = 20
const refillMs = 3_000
/** Addresses that are remembered; the one that was not seen for longest goes. */
const addressesAtMost = 10_000
/** Keys remembered for one address, so that a proxy with many senders behind it keeps them all. */
const keysAtMost = 1_000

export interface WrongKeys {
  /** Null, or in how many seconds a key that was not right from there before is looked at again. */
  waitSeconds(address: string, digest: string): number | null
  right(address: string, digest: string): void
  wrong(address: string): void
}

interface Visits {
  tries: number
  atMs: number
  readonly rightKeys: Set<string>
}

/** `now`: milliseconds since the Unix epoch. */
export function createWrongKeys(now: () => number): WrongKeys {
  const byAddress = new Map<string, Visits>()
  const visitsOf = (address: string): Visits => {
    const place = toNetwork(address)
    const visits = byAddress.get(place) ?? { tries: triesAtOnce, atMs: now(), rightKeys: new Set() }
    byAddress.delete(place)
    byAddress.set(place, visits)
    if (byAddress.size > addressesAtMost) dropFirst(byAddress)
    const nowMs = now()
    visits.tries = Math.min(triesAtOnce, visits.tries + Math.max(0, nowMs - visits.atMs) / refillMs)
    visits.atMs = nowMs
    return visits
  }
  return {
    waitSeconds(address, digest) {
      const { tries, rightKeys } = visitsOf(address)
      return tries >= 1 || rightKeys.has(digest) ? null : Math.ceil(((1 - tries) * refillMs) / 1_000)
    },
    right(address, digest) {
      const { rightKeys } = visitsOf(address)
      rightKeys.add(digest)
      if (rightKeys.size > keysAtMost) dropFirst(rightKeys)
    },
    wrong(address) {
      visitsOf(address).tries -= 1
    },
  }
}

function dropFirst(entries: Map<string, unknown> | Set<string>): void {
  const [first] = entries.keys()
  if (first !== undefined) entries.delete(first)
}

/** Whoever has one address of IPv6 has the 2^64 beside it. */
function toNetwork(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address
  const [head = '', tail] = address.split('::')
  const groups = head.split(':').filter(Boolean)
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length
  return [...groups, ...Array<string>(Math.max(0, missing)).fill('0')].slice(0, 4).join(':')
}
