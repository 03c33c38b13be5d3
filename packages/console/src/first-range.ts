/** Somebody who has just begun sees their first minutes fill the charts, not the right edge of six hours. */
import { getJson } from './api.ts'
import { changeView } from './url.ts'

const minuteMs = 60_000
/** Ranges that are shorter than the usual one, and how old the first call of all may be for each. */
const ranges = [
  { from: 'now-5m', ageMs: 4 * minuteMs },
  { from: 'now-15m', ageMs: 13 * minuteMs },
  { from: 'now-1h', ageMs: 55 * minuteMs },
  { from: 'now-3h', ageMs: 170 * minuteMs },
] as const

/** The range that holds everything since the first call; null where the usual one is none too long. */
export function fitRange(firstCallMs: number, nowMs: number): string | null {
  return ranges.find(({ ageMs }) => nowMs - firstCallMs <= ageMs)?.from ?? null
}

/** The page does not wait longer for this than a reader would notice. */
const waitMs = 300

/** Sets the range of an address that says none. A server that does not answer is the page's to tell. */
export async function chooseFirstRange(): Promise<void> {
  if (new URLSearchParams(location.search).has('from')) return
  const first = await Promise.race([readFirstCall(), new Promise<null>((resolve) => setTimeout(resolve, waitMs, null))])
  const from = first === null ? null : fitRange(first, Date.now())
  if (from !== null) changeView({ from }, { replace: true })
}

async function readFirstCall(): Promise<number | null> {
  try {
    const { calls } = await getJson<{ calls: readonly { readonly started_at: string }[] }>(
      '/v1/calls?sort=started_at&order=asc&limit=1',
    )
    const [first] = calls
    return first === undefined ? null : Date.parse(first.started_at)
  } catch {
    // Said by the page, which asks the same server.
    return null
  }
}
