import Type from 'typebox'
import { ErrorAnswer, type RestApp } from '../api.ts'
import { type Problem, Refusal } from '../errors.ts'
import { parseTimeUs } from './parse-time.ts'

interface RepricedModel {
  readonly serviceName: string
  readonly provider: string
  readonly model: string
  readonly calls: number
  readonly givenCalls: number
  readonly newlyPricedCalls: number
  readonly noLongerPricedCalls: number
  readonly chargedNanoUsd: number
  readonly repricedNanoUsd: number
}

type Repriced =
  | { readonly ok: true; readonly version: string; readonly models: readonly RepricedModel[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export interface RepriceRoutesOptions {
  readonly reprice: (request: { sinceUs: number; untilUs: number | null; prices: string | null }) => Promise<Repriced>
  readonly now: () => number
}

const Time = (description: string) => Type.String({ maxLength: 40, description })

const RepriceBody = Type.Object(
  {
    since: Time('Calls that began then or later: ISO 8601, or so long ago: 24h, 30d'),
    until: Type.Optional(Time('Calls that began before')),
    prices: Type.Optional(
      Type.String({ maxLength: 4_000_000, description: 'Text of a price file; default: the prices in force' }),
    ),
  },
  { additionalProperties: false },
)

const Sums = {
  calls: Type.Integer(),
  charged_usd_micro: Type.Number({ description: 'What the calls cost when they were recorded' }),
  repriced_usd_micro: Type.Number({ description: 'What they would have cost' }),
}
const RepriceAnswer = Type.Object({
  price_version: Type.String({ description: 'Names the table that was asked' }),
  total: Type.Object(Sums),
  models: Type.Array(
    Type.Object({
      service_name: Type.String(),
      provider: Type.String(),
      model: Type.String(),
      ...Sums,
      given_calls: Type.Integer({ description: 'Calls whose cost their sender gave: it stands' }),
      newly_priced_calls: Type.Integer({ description: 'Calls that had no price' }),
      no_longer_priced_calls: Type.Integer({ description: 'Calls that would have none' }),
    }),
    { description: 'The greatest difference first' },
  ),
})

const nanoUsdPerMicro = 1_000

/** POST /v1/reprice: a question only, nothing of what was charged is changed. */
export function addRepriceRoutes(app: RestApp, { reprice, now }: RepriceRoutesOptions): void {
  app.post(
    '/v1/reprice',
    {
      schema: {
        tags: ['prices'],
        summary: 'What recorded calls would have cost by the prices in force or by others, against what was charged',
        body: RepriceBody,
        response: { 200: RepriceAnswer, 400: ErrorAnswer },
      },
    },
    async ({ body }) => {
      const sinceUs = readTime('since', body.since, now())
      const untilUs = body.until === undefined ? null : readTime('until', body.until, now())
      const repriced = await reprice({ sinceUs, untilUs, prices: body.prices ?? null })
      if (!repriced.ok) throw new Refusal('invalid_request', null, { problems: repriced.problems })
      const models = repriced.models.map(toView)
      const total = { calls: 0, charged_usd_micro: 0, repriced_usd_micro: 0 }
      for (const { calls, chargedNanoUsd, repricedNanoUsd } of repriced.models) {
        total.calls += calls
        total.charged_usd_micro += chargedNanoUsd / nanoUsdPerMicro
        total.repriced_usd_micro += repricedNanoUsd / nanoUsdPerMicro
      }
      return { price_version: repriced.version, total, models }
    },
  )
}

function readTime(path: string, text: string, nowMs: number): number {
  const us = parseTimeUs(text, nowMs)
  if (us !== null) return us
  const message = 'must be ISO 8601 with Z or an offset, or a time ago such as 30d'
  throw new Refusal('invalid_request', `${path} ${message}`, { problems: [{ path, message }] })
}

function toView(model: RepricedModel) {
  return {
    service_name: model.serviceName,
    provider: model.provider,
    model: model.model,
    calls: model.calls,
    charged_usd_micro: model.chargedNanoUsd / nanoUsdPerMicro,
    repriced_usd_micro: model.repricedNanoUsd / nanoUsdPerMicro,
    given_calls: model.givenCalls,
    newly_priced_calls: model.newlyPricedCalls,
    no_longer_priced_calls: model.noLongerPricedCalls,
  }
}
