/** Keeps the gauges of the budgets: the store is asked every half minute, because a scrape must not wait for it. */
import type { FastifyBaseLogger } from 'fastify'
import { type Budget, type BudgetState, readBudget } from './budgets.ts'
import type { CallStore } from './store/store.ts'

interface LabelledGauge {
  set(labelValues: readonly string[], value: number): void
}

export interface BudgetWatchOptions {
  readonly current: () => readonly Budget[]
  readonly store: Pick<CallStore, 'aggregate'>
  readonly gauges: {
    readonly budgetSpent: LabelledGauge
    readonly budgetPace: LabelledGauge
    readonly budgetLimit: LabelledGauge
    readonly budgetExceeded: LabelledGauge
  }
  readonly logger: FastifyBaseLogger
  readonly now: () => number
}

export interface Budgets {
  /** As they are, or as they were at a time of the past in milliseconds since the Unix epoch. */
  read(atMs?: number): Promise<readonly BudgetState[]>
  close(): void
}

const refreshMs = 30_000
const nanoUsdPerMicro = 1_000
const microPerUsd = 1_000_000

export function watchBudgets({ current, store, gauges, logger, now }: BudgetWatchOptions): Budgets {
  const read = (atMs?: number) => {
    const nowMs = now()
    return Promise.all(
      current().map((budget) => readBudget(store, budget, { nowMs: atMs ?? nowMs, isPast: atMs !== undefined })),
    )
  }
  const refresh = async () => {
    try {
      for (const state of await read()) set(state)
    } catch (error) {
      logger.debug({ err: error }, 'cannot ask the store for what was spent')
    }
  }
  const set = ({ budget, spendings }: BudgetState) => {
    const limit = budget.limit_usd * microPerUsd
    const spent = spendings.map(({ spentNanoUsd }) => spentNanoUsd / nanoUsdPerMicro)
    gauges.budgetLimit.set([budget.name], limit)
    gauges.budgetSpent.set([budget.name], Math.max(0, ...spent))
    gauges.budgetPace.set([budget.name], Math.max(0, ...spendings.map((one) => one.paceNanoUsd / nanoUsdPerMicro)))
    gauges.budgetExceeded.set([budget.name], spent.filter((each) => each > limit).length)
  }
  void refresh()
  const timer = setInterval(() => void refresh(), refreshMs).unref()
  return { read, close: () => clearInterval(timer) }
}
