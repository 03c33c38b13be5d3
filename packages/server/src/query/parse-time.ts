const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const usPerMs = 1_000

/** `90s`, `15m`, `24h`, `7d`, `2w` in milliseconds, or null. */
export function parseDurationMs(text: string): number | null {
  const [, digits, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? []
  // The pattern lets through no other letter.
  return digits === undefined ? null : Number(digits) * unitMs[unit as keyof typeof unitMs]
}

const iso = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.(\d{1,9}))?)?(?:Z|[+-]\d\d:\d\d))?$/

/** ISO 8601 (a date alone is midnight UTC), or so long before now; in microseconds since the Unix epoch, or null. */
export function parseTimeUs(text: string, nowMs: number): number | null {
  const agoMs = parseDurationMs(text)
  if (agoMs !== null) return (nowMs - agoMs) * usPerMs
  const match = iso.exec(text)
  if (!match) return null
  const fraction = match[1] ?? ''
  const wholeMs = Date.parse(fraction === '' ? text : text.replace(`.${fraction}`, ''))
  return Number.isNaN(wholeMs) ? null : wholeMs * usPerMs + Number(fraction.padEnd(6, '0').slice(0, 6))
}
