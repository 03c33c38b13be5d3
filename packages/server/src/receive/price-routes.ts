import Type from 'typebox'
import { ErrorAnswer, PricesAnswer, ReloadAnswer, type RestApp } from '../api.ts'
import { type Problem, Refusal } from '../errors.ts'

export type ReloadOutcome =
  | { readonly ok: true; readonly version: string }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export interface PriceActions {
  /** The table in force, in the shape of `PricesAnswer`. */
  list(): unknown
  reload(): Promise<ReloadOutcome>
}

const tags = ['prices']

/** GET /v1/metrics/prices and POST /v1/metrics/prices/reload. */
export function addPriceRoutes(app: RestApp, prices: PriceActions): void {
  app.get(
    '/v1/metrics/prices',
    {
      schema: {
        tags,
        summary: 'The price table in force, in order of precedence',
        response: { 200: Type.Unsafe<unknown>(PricesAnswer) },
      },
    },
    async () => prices.list(),
  )
  app.post(
    '/v1/metrics/prices/reload',
    {
      schema: {
        tags,
        summary: 'Read the price file again; a bad one keeps the table in force',
        response: { 200: ReloadAnswer, 422: ErrorAnswer },
      },
    },
    async () => {
      const outcome = await prices.reload()
      if (!outcome.ok) {
        const detail = outcome.problems.map(({ path, message }) => `${path} ${message}`).join('; ')
        throw new Refusal('prices_refused', detail, { problems: outcome.problems })
      }
      return { reloaded: true, version: outcome.version }
    },
  )
}
