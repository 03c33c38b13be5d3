import { getJson } from '../api.ts'
import { useNow } from '../clock.ts'
import { formatUsd } from '../numbers.ts'
import { ErrorState } from '../parts/error-state.tsx'
import { useAnswer } from '../use-answer.ts'

interface Spending {
  /** Of what the budget is for each of; null for the whole budget, or for calls without one. */
  readonly value: string | null
  readonly spent_usd_micro: number
  /** At the end of the period, at the pace so far. */
  readonly pace_usd_micro: number
  readonly days_left: number | null
  readonly exceeded: boolean
}

interface Budget {
  readonly name: string
  readonly period: string
  readonly per: string | null
  readonly limit_usd_micro: number
  readonly spendings: readonly Spending[]
}

const microPerUsd = 1_000_000
/** Of a budget for each user or session: those that have spent most. */
const shownAtMost = 5

/** What was spent of each budget of budgets.yaml, of all calls whatever the bar narrows to; nothing where there is none. */
export function Budgets() {
  const now = useNow()
  const { data, error, retry } = useAnswer(`budgets ${now}`, (signal) =>
    getJson<{ readonly budgets: readonly Budget[] }>('/v1/budgets', signal),
  )
  if (error !== null) return <ErrorState what="Budgets" error={error} onRetry={retry} />
  if (data === null || data.budgets.length === 0) return null
  return (
    <section className="card" aria-label="Budgets">
      <h2>Budgets</h2>
      <table className="table">
        <caption className="hidden-text">What was spent of each budget</caption>
        <thead>
          <tr>
            <th scope="col">Budget</th>
            <th scope="col">Of</th>
            <th scope="col" className="right">
              Spent
            </th>
            <th scope="col" className="right">
              Limit
            </th>
            <th scope="col" className="right">
              At this pace
            </th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {data.budgets.flatMap((budget) =>
            budget.spendings
              .slice(0, shownAtMost)
              .map((spending) => (
                <BudgetRow key={JSON.stringify([budget.name, spending.value])} {...{ budget, spending }} />
              )),
          )}
        </tbody>
      </table>
      <p className="hint">Of all calls, in days and months of UTC. A budget for each of many shows the first five.</p>
    </section>
  )
}

interface BudgetRowProps {
  readonly budget: Budget
  readonly spending: Spending
}

function BudgetRow({ budget: { name, period, per, limit_usd_micro: limit }, spending }: BudgetRowProps) {
  const { value, spent_usd_micro: spent, pace_usd_micro: pace } = spending
  return (
    <tr>
      <td data-title="Budget">
        {name} <span className="faint">a {period}</span>
      </td>
      <td data-title="Of">{per === null ? 'all its calls' : (value ?? 'none given')}</td>
      <td data-title="Spent" className="right">
        {formatUsd(spent / microPerUsd)}
      </td>
      <td data-title="Limit" className="right">
        {formatUsd(limit / microPerUsd)}
      </td>
      <td data-title="At this pace" className="right">
        {formatUsd(pace / microPerUsd)}
      </td>
      <td data-title="State">{describeState(spending, pace > limit)}</td>
    </tr>
  )
}

function describeState({ exceeded, days_left: days }: Spending, isAhead: boolean) {
  if (exceeded) return <span className="bad">exceeded</span>
  if (!isAhead || days === null) return <span className="good">within it</span>
  return <span className="warn">reached in {days < 2 ? `${(days * 24).toFixed(0)} h` : `${days.toFixed(0)} days`}</span>
}
