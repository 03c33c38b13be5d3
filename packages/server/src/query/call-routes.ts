import type { CallStatus, LlmCall } from '@inferometer/core/call'
import { CallIds, CallsAnswer, CallsQuery, CallView, ErrorAnswer, type RestApp } from '../api.ts'
import { Refusal } from '../errors.ts'
import { toCallView } from './call-view.ts'

/** What is asked of the store. */
export interface CallSource {
  recentCalls(request: {
    readonly limit: number
    readonly before?: number | undefined
    readonly filters?: {
      readonly serviceName?: string | undefined
      readonly provider?: string | undefined
      readonly model?: string | undefined
      readonly status?: CallStatus | undefined
    }
  }): Promise<readonly { readonly seq: number; readonly call: LlmCall }[]>
  getCall(traceId: string, spanId: string): Promise<LlmCall | null>
}

const tags = ['calls']
const defaultLimit = 100

/** GET /v1/calls and GET /v1/calls/{trace_id}/{span_id}. */
export function addCallRoutes(app: RestApp, store: CallSource): void {
  app.get(
    '/v1/calls',
    {
      schema: {
        tags,
        summary: 'The calls that were recorded last, newest first',
        querystring: CallsQuery,
        response: { 200: CallsAnswer, 400: ErrorAnswer },
      },
    },
    async ({ query }) => {
      const limit = query.limit ?? defaultLimit
      const { before, provider, model, status } = query
      const filters = { serviceName: query.service_name, provider, model, status }
      const found = await store.recentCalls({ limit, before, filters })
      const last = found.at(-1)
      return {
        calls: found.map(({ seq, call }) => toCallView(call, seq)),
        next_before: found.length < limit || !last ? null : last.seq,
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
