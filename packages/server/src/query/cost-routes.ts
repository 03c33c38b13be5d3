import type { LlmCall } from '@inferometer/core/call'
import type { Cost } from '@inferometer/core/price/cost'
import Type, { type Static, type TSchema } from 'typebox'
import { CallIds, ErrorAnswer, type RestApp } from '../api.ts'
import { Refusal } from '../errors.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const CostAnswer = Type.Object({
  recorded: Type.Object(
    { cost_usd_micro: Nullable(Type.Number()), price_version: Nullable(Type.String()) },
    { description: 'What was counted when the call was recorded. Without a version the sender gave the cost' },
  ),
  computed: Nullable(
    Type.Object(
      {
        cost_usd_micro: Type.Number(),
        price_version: Type.String(),
        origin: Type.Enum(['file', 'bundled'], { description: "The user's file, or the bundled catalogue" }),
        model: Type.String({ description: 'Of the price that was found' }),
        provider: Type.String(),
        effective_from: Nullable(Type.String()),
        parts: Type.Array(
          Type.Object({
            kind: Type.Enum(['input', 'cache_read', 'cache_write', 'cache_write_1h', 'output', 'request']),
            quantity: Type.Number({ description: 'Tokens; for request, 1' }),
            price_usd: Type.Number({ description: 'Dollars per million tokens; for request, per request' }),
            cost_usd_micro: Type.Number(),
          }),
        ),
      },
      { description: 'By the table in force now. Null: no price is known, or the usage does not say enough' },
    ),
  ),
})
type CostAnswer = Static<typeof CostAnswer>

/** What the price table in force says of a call. */
export interface Bill {
  readonly cost: Cost
  readonly origin: 'file' | 'bundled'
  readonly model: string
  readonly provider: string
  readonly effectiveFromUs: number | null
}

export interface CostRoutesOptions {
  readonly store: { getCall(traceId: string, spanId: string): Promise<LlmCall | null> }
  billOf(call: LlmCall): Bill | null
}

/** GET /v1/calls/{trace_id}/{span_id}/cost: the sum written out. */
export function addCostRoutes(app: RestApp, { store, billOf }: CostRoutesOptions): void {
  app.get(
    '/v1/calls/:trace_id/:span_id/cost',
    {
      schema: {
        tags: ['calls'],
        summary: 'The cost of a recorded call, line by line, by the prices in force now',
        params: CallIds,
        response: { 200: CostAnswer, 400: ErrorAnswer, 404: ErrorAnswer },
      },
    },
    async ({ params }): Promise<CostAnswer> => {
      const call = await store.getCall(params.trace_id.toLowerCase(), params.span_id.toLowerCase())
      if (!call) throw new Refusal('not_found', 'no call with these ids was recorded')
      const recorded = { cost_usd_micro: toMicro(call.costNanoUsd), price_version: call.priceVersion }
      const bill = billOf(call)
      return { recorded, computed: bill && describeBill(bill) }
    },
  )
}

const nanoPerMicro = 1_000
const nanoPerUsd = 1_000_000_000
const toMicro = (nano: number | null) => (nano === null ? null : nano / nanoPerMicro)

function describeBill({ cost, origin, model, provider, effectiveFromUs }: Bill) {
  return {
    cost_usd_micro: cost.costNanoUsd / nanoPerMicro,
    price_version: cost.priceVersion,
    origin,
    model,
    provider,
    effective_from: effectiveFromUs === null ? null : new Date(effectiveFromUs / 1_000).toISOString(),
    parts: cost.parts
      .filter(({ quantity }) => quantity > 0)
      .map(({ kind, quantity, priceNanoUsd, costNanoUsd }) => ({
        kind,
        quantity,
        price_usd: priceNanoUsd / nanoPerUsd,
        cost_usd_micro: costNanoUsd / nanoPerMicro,
      })),
  }
}
