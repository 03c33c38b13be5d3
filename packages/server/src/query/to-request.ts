import type { Problem } from '../errors.ts'
import type { AggregateRequest, Dimension } from './aggregate-source.ts'
import { parseDurationMs, parseTimeUs } from './parse-time.ts'
import {
  dimensionNames,
  findingDimensions,
  findingMeasures,
  measureNames,
  type QueryBody,
  rowsAtMost,
} from './query-schema.ts'

const usPerMs = 1_000

export type Understood =
  | { readonly ok: true; readonly request: AggregateRequest }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** What the body asks of the store, one row more than may be answered included, so that too many are noticed. */
export function toRequest(body: QueryBody, nowMs: number): Understood {
  const problems: Problem[] = []
  const refuse = (path: string, message: string): null => {
    problems.push({ path, message })
    return null
  }
  const readTime = (path: 'since' | 'until') => {
    const text = body[path]
    if (text === undefined) return null
    return parseTimeUs(text, nowMs) ?? refuse(path, 'must be ISO 8601 with Z or an offset, or a time ago such as 24h')
  }
  const [sinceUs, untilUs] = [readTime('since'), readTime('until')]
  if (sinceUs !== null && untilUs !== null && sinceUs >= untilUs) refuse('until', 'must be later than since')
  for (const path of ['measures', 'group_by'] as const)
    if (new Set(body[path]).size < (body[path] ?? []).length) refuse(path, 'must not name one twice')
  const byFinding = body.group_by?.find((name) => findingDimensions.includes(name))
  if (byFinding !== undefined && !body.measures.every((name) => findingMeasures.includes(name)))
    refuse('measures', `must be ${findingMeasures.join(' or ')}: nothing else can be counted by ${byFinding}`)
  const orderBy = body.order_by === undefined ? 0 : body.measures.indexOf(body.order_by)
  if (orderBy === -1) refuse('order_by', 'must be one of the measures that are asked for')
  if (problems.length > 0) return { ok: false, problems }
  const stepMs = body.step === undefined ? null : parseDurationMs(body.step)
  return {
    ok: true,
    request: {
      measures: body.measures.map((name) => known(measureNames, name).measure),
      by: (body.group_by ?? []).map((name) => known(dimensionNames, name)),
      where: toConditions(body.filters ?? {}),
      sinceUs,
      untilUs,
      stepUs: stepMs === null ? null : stepMs * usPerMs,
      orderBy,
      limit: body.limit ?? rowsAtMost + 1,
    },
  }
}

export function toConditions(filters: NonNullable<QueryBody['filters']>) {
  const conditions: { dimension: Dimension; oneOf: readonly (string | null)[] }[] = []
  for (const [name, value] of Object.entries(filters)) {
    if (value === undefined) continue
    conditions.push({ dimension: known(dimensionNames, name), oneOf: Array.isArray(value) ? value : [value] })
  }
  return conditions
}

/** The schema lets no other name through. */
export function known<T>(names: ReadonlyMap<string, T>, name: string): T {
  const value = names.get(name)
  if (value === undefined) throw new Error(`BUG: the schema took the name ${name}`)
  return value
}
