import type { LlmCall } from '@inferometer/core/call'
import { CallIds, CallsAnswer, CallView, ErrorAnswer, type RestApp } from '../api.ts'
import { type CallFilter, placeOf, type SearchRequest } from '../call-search.ts'
import { type Problem, Refusal } from '../errors.ts'
import { CallsQuery, sortNames, totalAtMost } from './call-search-schema.ts'
import { toCallView } from './call-view.ts'
import { readCursor, toFilter, writeCursor } from './to-filter.ts'
import { known } from './to-request.ts'

/** What is asked of the store. */
export interface CallSource {
  searchCalls(request: SearchRequest): Promise<readonly { readonly seq: number; readonly call: LlmCall }[]>
  countCalls(filter: CallFilter, atMost: number): Promise<number>
  getCall(traceId: string, spanId: string): Promise<LlmCall | null>
  state(): { readonly lastSeq: number }
}

export interface CallRoutesOptions {
  readonly store: CallSource
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
}

const tags = ['calls']
const defaultLimit = 100

/** GET /v1/calls and GET /v1/calls/{trace_id}/{span_id}. */
export function addCallRoutes(app: RestApp, { store, now }: CallRoutesOptions): void {
  app.get(
    '/v1/calls',
    {
      schema: {
        tags,
        summary: 'Recorded calls by any field, in any order, by page',
        querystring: CallsQuery,
        response: { 200: CallsAnswer, 400: ErrorAnswer },
      },
    },
    async ({ query }) => {
      const { filter, ...request } = toSearch(query, now(), store.state().lastSeq)
      const [found, total] = await Promise.all([
        store.searchCalls({ filter, ...request }),
        query.total === true ? store.countCalls(filter, totalAtMost) : null,
      ])
      const last = found.at(-1)
      const isEnd = found.length < request.limit || !last
      return {
        calls: found.map(({ seq, call }) => withoutUnasked(toCallView(call, seq), request.withContent)),
        next_cursor: isEnd ? null : writeCursor(request.sort.by, placeOf(last, request.sort.by)),
        through: filter.throughSeq ?? 0,
        ...(total !== null && { total, total_is_least: total === totalAtMost }),
      }
    },
  )
  app.get(
    '/v1/calls/:trace_id/:span_id',
    {
      schema: {
        tags,
        summary: 'One recorded call',
        params: CallIds,
        response: { 200: CallView, 400: ErrorAnswer, 404: ErrorAnswer },
      },
    },
    async ({ params }) => {
      const call = await store.getCall(params.trace_id.toLowerCase(), params.span_id.toLowerCase())
      if (!call) throw new Refusal('not_found', 'no call with these ids was recorded')
      return toCallView(call, null)
    },
  )
}

function toSearch(query: CallsQuery, nowMs: number, lastSeq: number): SearchRequest {
  const read = toFilter(query, nowMs)
  const by = known(sortNames, query.sort ?? 'recorded')
  const after = query.cursor === undefined ? null : readCursor(query.cursor, by)
  const problems: Problem[] = read.ok ? [] : [...read.problems]
  if (query.cursor !== undefined && after === null)
    problems.push({ path: 'cursor', message: 'must be the next_cursor of an answer with the same sort' })
  if (query.cursor !== undefined && query.offset !== undefined)
    problems.push({ path: 'offset', message: 'must be left out with a cursor' })
  if (!read.ok || problems.length > 0) throw new Refusal('invalid_request', null, { problems })
  return {
    filter: { ...read.filter, throughSeq: Math.min(query.through ?? lastSeq, lastSeq) },
    sort: { by, descending: query.order !== 'asc' },
    after,
    offset: query.offset ?? 0,
    limit: query.limit ?? defaultLimit,
    withContent: query.content === true,
  }
}

/** What was not read is left out: null would say that nothing is kept. */
function withoutUnasked(view: CallView, withContent: boolean): CallView {
  if (withContent) return view
  const { content, ...rest } = view
  return rest
}
