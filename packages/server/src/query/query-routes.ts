import { ErrorAnswer, type RestApp } from '../api.ts'
import { Refusal } from '../errors.ts'
import type { AggregateRow, AggregateSource } from './aggregate-source.ts'
import { measureNames, QueryAnswer, QueryBody, QueryFormat, rowsAtMost } from './query-schema.ts'
import { known, toRequest } from './to-request.ts'
import { writeCsv } from './write-csv.ts'

export interface QueryRoutesOptions {
  readonly store: AggregateSource
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
}

/** POST /v1/query: sums and distributions over the recorded calls. */
export function addQueryRoutes(app: RestApp, { store, now }: QueryRoutesOptions): void {
  app.post(
    '/v1/query',
    {
      schema: {
        tags: ['calls'],
        summary: 'Sums and exact percentiles over the recorded calls, by dimension and over time; JSON or CSV',
        body: QueryBody,
        querystring: QueryFormat,
        response: { 200: QueryAnswer, 400: ErrorAnswer, 422: ErrorAnswer },
      },
    },
    async ({ body, query, headers }, reply) => {
      const understood = toRequest(body, now())
      if (!understood.ok) throw new Refusal('invalid_request', null, { problems: understood.problems })
      const found = await store.aggregate(understood.request)
      if (found.length > rowsAtMost)
        throw new Refusal('too_many_rows', `more than ${rowsAtMost}; choose fewer calls, a longer step, or a limit`)
      const answer = toAnswer(body, found)
      const isCsv = query.format === undefined ? wantsCsv(headers.accept) : query.format === 'csv'
      if (!isCsv) return answer
      reply.type('text/csv; charset=utf-8').serializer(String)
      // The schema of the answer is that of JSON; the serializer above takes text.
      return writeCsv([answer.columns, ...answer.rows]) as unknown as QueryAnswer
    },
  )
}

const wantsCsv = (accept: string | undefined): boolean => /\btext\/csv\b/i.test(accept ?? '')

function toAnswer(body: QueryBody, found: readonly AggregateRow[]): QueryAnswer {
  const columns = [...(body.step === undefined ? [] : ['time']), ...(body.group_by ?? []), ...body.measures]
  const divisors = body.measures.map((name) => known(measureNames, name).divisor ?? 1)
  const rows = found.map(({ timeUs, key, values }) => [
    ...(timeUs === null ? [] : [new Date(timeUs / 1_000).toISOString()]),
    ...key,
    ...values.map((value, index) => (value === null ? null : value / (divisors[index] ?? 1))),
  ])
  return { columns, rows }
}
