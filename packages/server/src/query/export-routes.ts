import type { Readable } from 'node:stream'
import Type from 'typebox'
import type { RestApp } from '../api.ts'
import { Refusal } from '../errors.ts'
import { parseTimeUs } from './parse-time.ts'

const formats = ['parquet', 'csv'] as const
type Format = (typeof formats)[number]

export interface ExportRoutesOptions {
  readonly exportCalls: (request: {
    readonly sinceUs: number | null
    readonly untilUs: number | null
    readonly format: Format
  }) => Promise<{ readonly bytes: number; readonly stream: Readable }>
  readonly now: () => number
}

const Time = (description: string) => Type.Optional(Type.String({ maxLength: 40, description }))

const ExportQuery = Type.Object(
  {
    format: Type.Optional(Type.Enum([...formats], { default: 'parquet' })),
    since: Time('Calls that began then or later: ISO 8601, or so long ago: 24h, 30d. Default: all'),
    until: Time('Calls that began before'),
  },
  { additionalProperties: false },
)

const types: Readonly<Record<Format, string>> = {
  parquet: 'application/vnd.apache.parquet',
  csv: 'text/csv; charset=utf-8',
}

/** GET /v1/export: every field of every call as the store keeps it. */
export function addExportRoutes(app: RestApp, { exportCalls, now }: ExportRoutesOptions): void {
  app.get(
    '/v1/export',
    {
      schema: {
        tags: ['calls'],
        summary: 'Recorded calls as a Parquet or CSV file, one row per call in the order of recording',
        querystring: ExportQuery,
      },
    },
    async ({ query }, reply) => {
      const { format = 'parquet' } = query
      const request = {
        format,
        sinceUs: readTime('since', query.since, now()),
        untilUs: readTime('until', query.until, now()),
      }
      const { bytes, stream } = await exportCalls(request)
      reply.header('content-disposition', `attachment; filename="calls.${format}"`)
      return reply.type(types[format]).header('content-length', bytes).send(stream)
    },
  )
}

function readTime(path: string, text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null
  const us = parseTimeUs(text, nowMs)
  if (us !== null) return us
  const message = 'must be ISO 8601 with Z or an offset, or a time ago such as 30d'
  throw new Refusal('invalid_request', `${path} ${message}`, { problems: [{ path, message }] })
}
