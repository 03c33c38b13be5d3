import Type, { type Static, type TSchema } from 'typebox'
import type { RestApp } from '../api.ts'

interface Budget {
  readonly name: string
  readonly limit_usd: number
  readonly period: string
  readonly per?: string
}

export interface BudgetState {
  readonly budget: Budget
  readonly startMs: number
  readonly endMs: number
  readonly spendings: readonly {
    readonly value: string | null
    readonly spentNanoUsd: number
    readonly paceNanoUsd: number
  }[]
}

export interface BudgetRoutesOptions {
  readonly readBudgets: () => Promise<readonly BudgetState[]>
  readonly now: () => number
}

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const BudgetsAnswer = Type.Object({
  budgets: Type.Array(
    Type.Object({
      name: Type.String(),
      period: Type.String(),
      per: Nullable(Type.String({ description: 'Each value of it has the limit for itself' })),
      period_start: Type.String(),
      period_end: Type.String(),
      limit_usd_micro: Type.Number(),
      spendings: Type.Array(
        Type.Object({
          value: Nullable(
            Type.String({ description: 'Of `per`; null for the whole budget, or for calls without one' }),
          ),
          spent_usd_micro: Type.Number(),
          pace_usd_micro: Type.Number({
            description:
              'What will be spent by the end of the period at the pace so far; at least a quarter of it counts as passed',
          }),
          days_left: Nullable(Type.Number({ description: 'Until the limit at that pace; 0 when it is passed' })),
          exceeded: Type.Boolean(),
        }),
        { description: 'The greatest first' },
      ),
    }),
  ),
})
type BudgetView = Static<typeof BudgetsAnswer>['budgets'][number]

/** GET /v1/budgets. */
export function addBudgetRoutes(app: RestApp, { readBudgets, now }: BudgetRoutesOptions): void {
  app.get(
    '/v1/budgets',
    {
      schema: {
        tags: ['calls'],
        summary: 'What was spent of each budget, and at what pace',
        response: { 200: BudgetsAnswer },
      },
    },
    async () => ({ budgets: (await readBudgets()).map((state) => toView(state, now())) }),
  )
}

const nanoUsdPerMicro = 1_000
const microPerUsd = 1_000_000
const dayMs = 86_400_000

function toView({ budget, startMs, endMs, spendings }: BudgetState, nowMs: number): BudgetView {
  const limit = budget.limit_usd * microPerUsd
  const elapsedMs = Math.max(1, nowMs - startMs)
  return {
    name: budget.name,
    period: budget.period,
    per: budget.per ?? null,
    period_start: new Date(startMs).toISOString(),
    period_end: new Date(endMs).toISOString(),
    limit_usd_micro: limit,
    spendings: spendings.map(({ value, spentNanoUsd, paceNanoUsd }) => {
      const spent = spentNanoUsd / nanoUsdPerMicro
      const leftMs = spent === 0 ? null : Math.max(0, ((limit - spent) / spent) * elapsedMs)
      return {
        value,
        spent_usd_micro: spent,
        pace_usd_micro: paceNanoUsd / nanoUsdPerMicro,
        days_left: leftMs === null ? null : leftMs / dayMs,
        exceeded: spent > limit,
      }
    }),
  }
}
