import { anyCall, type CallFilter, type Place, type Range, type SortField } from '../call-search.ts'
import type { Problem } from '../errors.ts'
import { dimensionFilters, rangeNames, type TailQuery } from './call-search-schema.ts'
import { parseTimeUs } from './parse-time.ts'

export type FilterRead =
  | { readonly ok: true; readonly filter: CallFilter }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export function toFilter(query: TailQuery, nowMs: number): FilterRead {
  const problems: Problem[] = []
  const readTime = (path: 'since' | 'until') => {
    const text = query[path]
    if (text === undefined) return null
    const timeUs = parseTimeUs(text, nowMs)
    if (timeUs === null)
      problems.push({ path, message: 'must be ISO 8601 with Z or an offset, or a time ago such as 24h' })
    return timeUs
  }
  const [sinceUs, untilUs] = [readTime('since'), readTime('until')]
  if (sinceUs !== null && untilUs !== null && sinceUs >= untilUs)
    problems.push({ path: 'until', message: 'must be later than since' })
  const { ranges, problems: rangeProblems } = toRanges(query)
  problems.push(...rangeProblems)
  if (problems.length > 0) return { ok: false, problems }
  const filter: CallFilter = {
    ...anyCall,
    where: toConditions(query),
    httpStatuses: toList(query.http_status),
    traceId: query.trace_id?.toLowerCase() ?? null,
    hasRetries: query.has_retries ?? null,
    streaming: query.streaming ?? null,
    tool: query.tool ?? null,
    agent: query.agent ?? null,
    findingKinds: toList(query.finding),
    pattern: query.pattern ?? null,
    ranges,
    sinceUs,
    untilUs,
    text: query.search ?? null,
  }
  return { ok: true, filter }
}

function toList<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  // Array.isArray does not narrow readonly arrays.
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}

function toConditions(query: TailQuery): CallFilter['where'] {
  return Object.entries(dimensionFilters).flatMap(([name, { dimension }]) => {
    // Object.entries forgets the keys.
    const given = query[name as keyof typeof dimensionFilters]
    if (given === undefined) return []
    return [{ dimension, oneOf: toList<string>(given).map((value) => (value === '' ? null : value)) }]
  })
}

function toRanges(query: TailQuery): { readonly ranges: readonly Range[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const ranges: Range[] = []
  for (const [name, { of, factor }] of rangeNames) {
    const read = (end: 'min' | 'max') => {
      const value: unknown = Reflect.get(query, `${name}_${end}`)
      return typeof value === 'number' ? value * factor : null
    }
    const [least, most] = [read('min'), read('max')]
    if (least === null && most === null) continue
    if (least !== null && most !== null && least > most)
      problems.push({ path: `${name}_max`, message: `must not be below ${name}_min` })
    ranges.push({ of, least, most })
  }
  return { ranges, problems }
}

/** A place in an order as a word that the caller hands back as it is. */
export function writeCursor(by: SortField, { value, seq }: Place): string {
  return Buffer.from(JSON.stringify([by, value, seq])).toString('base64url')
}

/** Null where it is none of this order. */
export function readCursor(text: string, by: SortField): Place | null {
  const read = parseJson(Buffer.from(text, 'base64url').toString())
  if (!Array.isArray(read)) return null
  const [sortedBy, value, seq] = read
  const isValue = value === null || typeof value === 'string' || typeof value === 'number'
  return sortedBy === by && isValue && Number.isSafeInteger(seq) ? { value, seq } : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
