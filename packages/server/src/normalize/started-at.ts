/** `started_at` of a record: ISO 8601 text or a number since the epoch → integer microseconds. */

export type StartedAt = { readonly ok: true; readonly us: number } | { readonly ok: false; readonly message: string }

const earliestUs = Date.UTC(2015, 0, 1) * 1_000
const latestUs = Date.UTC(2100, 0, 1) * 1_000

/** Within the years 2015 to 2100 the three units cannot be mistaken for each other. */
const usPerUnit = [1_000_000, 1_000, 1]

const isoPattern = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d{2}:?\d{2})$/

export function parseStartedAt(value: string | number): StartedAt {
  if (typeof value === 'number') return parseEpoch(value)
  const parts = isoPattern.exec(value)
  if (!parts) return { ok: false, message: 'must be ISO 8601 with Z or an offset, like 2026-01-31T12:00:00Z' }
  const [, date = '', minutes = '', seconds = '00', fraction = '', zone = ''] = parts
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()
  const ms = Date.parse(`${date}T${minutes}:${seconds}${offset}`)
  // Date.parse turns February 30 into March 2: the day that comes back must be the day that was written.
  const day = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(ms) || Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date)
    return { ok: false, message: 'is not a time that exists' }
  return inRange(ms * 1_000 + Number(fraction.padEnd(6, '0').slice(0, 6)))
}

function parseEpoch(value: number): StartedAt {
  for (const factor of usPerUnit) {
    const us = Math.round(value * factor)
    if (us >= earliestUs && us < latestUs) return { ok: true, us }
  }
  return {
    ok: false,
    message: `must be seconds, milliseconds or microseconds since 1970, from 2015 to 2100, got ${value}`,
  }
}

function inRange(us: number): StartedAt {
  if (us >= earliestUs && us < latestUs) return { ok: true, us }
  return { ok: false, message: 'must lie between 2015 and 2100' }
}
