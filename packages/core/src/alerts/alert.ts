/** What an alert is, in terms of recorded calls. */
import type { Amount, Dimension, Measure } from '../panels/terms.ts'

/** As Prometheus writes it: 10m, 1h, 1d, 1w. */
export type Span = `${number}${'m' | 'h' | 'd' | 'w'}`

export interface AlertValue {
  /** `within`: the share of the same amount by these dimensions alone. */
  readonly measure: Exclude<Measure, { kind: 'average' }> | { readonly kind: 'share'; readonly of: Amount }
  /** For a share what it is a share of, for all else by what it is asked where the alert tells apart more. */
  readonly within?: readonly Dimension[]
  /** Of successful calls alone. */
  readonly status?: 'success'
  readonly window: Span
  /** The window ends so much earlier. */
  readonly offset?: Span
}

/** `times` · `of` + `plus`. */
export interface AlertLimit {
  readonly of: number | AlertValue
  readonly times?: number
  readonly plus?: number
}

export interface AlertCondition {
  readonly value: AlertValue
  readonly is: 'above' | 'at_least' | 'below'
  readonly limit: AlertLimit
}

/** Judged from the calls: all conditions hold for one combination of `by`. The first is the one that is told of. */
export interface CallTerms {
  readonly kind: 'calls'
  readonly by: readonly Dimension[]
  readonly unit: 'share' | 'milliseconds' | 'usd' | 'count'
  readonly conditions: readonly [AlertCondition, ...AlertCondition[]]
}

/** Judged from what waits to be forwarded: the oldest call of a destination waits longer than `window`, and either more than `above` wait or the destination refuses. */
export interface OutboxTerms {
  readonly kind: 'outbox'
  readonly window: Span
  readonly above: number
}

/** Judged from budgets.yaml: the pace of a budget, or of one of its values, is above its limit. */
export interface BudgetTerms {
  readonly kind: 'budgets'
}

/** Nothing that the server knows tells of it. */
export interface OutsideTerms {
  readonly kind: 'outside'
  readonly reason: string
}

export interface AlertDefinition {
  readonly name: string
  readonly severity: 'page' | 'ticket'
  /** One sentence that is true while it fires. */
  readonly summary: string
  /** How long the rule waits before it fires. */
  readonly for: Span
  /** Uid of the dashboard to look at; null where it is the console's page of health. */
  readonly dashboard: string | null
  readonly terms: CallTerms | OutboxTerms | BudgetTerms | OutsideTerms
}
