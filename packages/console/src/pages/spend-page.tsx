import '../spend/spend.css'
import { type ReactNode, useMemo } from 'react'
import { useNow, useRange } from '../clock.ts'
import { formatChange, formatCount, formatUsd } from '../numbers.ts'
import { ErrorState } from '../parts/error-state.tsx'
import { HowToSend } from '../parts/how-to-send.tsx'
import { Link } from '../parts/link.tsx'
import { Stat } from '../parts/stat.tsx'
import { Value } from '../parts/value.tsx'
import { Budgets } from '../spend/budgets.tsx'
import { listPeriods, projectMonth } from '../spend/pace.ts'
import { askQuery, type QueryRow, toNumber, toUsd } from '../spend/query.ts'
import { atClock, lineStep, SpendLines, toLine } from '../spend/spend-lines.tsx'
import { linkTo, useView } from '../url.ts'
import { useAnswer } from '../use-answer.ts'

/** Who spends what on which model, how fast, and what is missing from the sum. */
export default function SpendPage() {
  const spend = useSpend()
  if (spend.error !== null) return <ErrorState what="Spend" error={spend.error} onRetry={spend.retry} />
  const { data } = spend
  if (data === null) return null
  if (data.rangeCalls === 0 && data.month === null)
    return <HowToSend title="No spend yet" text="Choose a longer range, or send a call:" />
  return (
    <div className={spend.isLoading ? 'spend dimmed' : 'spend'}>
      <header className="page-head">
        <h1>Spend</h1>
        <p>Exact to a micro-dollar; calls without a price are left out and listed below.</p>
      </header>
      <Tiles {...data} />
      <section className="card" aria-label="Today against yesterday">
        <h2>Today against yesterday, cumulative</h2>
        <SpendLines today={data.todayLine} yesterday={data.yesterdayLine} />
        <p className="hint spend-legend">
          <span className="key today" /> today <span className="key yesterday" /> yesterday
        </p>
      </section>
      <div className="spend-groups">
        {groups.map(({ title, column, param }, index) => (
          <Group key={column} {...{ title, param }} rows={data.groups[index] ?? []} totalUsd={data.rangeUsd} />
        ))}
      </div>
      <Unpriced rows={data.unpriced} />
      <Budgets />
    </div>
  )
}

const groups = [
  { title: 'By service', column: 'service_name', param: 'service' },
  { title: 'By model', column: 'model', param: 'model' },
  { title: 'By user', column: 'user_id', param: 'user_id' },
  { title: 'By session', column: 'session_id', param: 'session_id' },
] as const
const shownRows = 10

function useSpend() {
  const now = useNow()
  const view = useView()
  const range = useRange()
  const periods = useMemo(() => listPeriods(now), [now])
  const key = JSON.stringify([now, view])
  return useAnswer(key, async (signal) => {
    const context = { view, signal }
    const measures = ['cost_usd_micro', 'calls', 'unpriced_calls']
    const sumOf = async (period: typeof range) => toUsd((await askQuery({ measures }, period, context))[0]?.[0])
    const steps = { measures: ['cost_usd_micro'], step: lineStep }
    const unpricedAsked = {
      measures: ['unpriced_calls', 'prompt_tokens', 'completion_tokens'],
      group_by: ['service_name', 'provider', 'model'],
      limit: 20,
    }
    const [today, soFar, yesterday, month, inRange, todayHours, yesterdayHours, unpriced, ...grouped] =
      await Promise.all([
        sumOf(periods.today),
        sumOf(periods.yesterdaySoFar),
        sumOf(periods.yesterday),
        sumOf(periods.month),
        askQuery({ measures }, range, context),
        askQuery(steps, periods.today, context),
        askQuery(steps, periods.yesterday, context),
        askQuery(unpricedAsked, range, context),
        ...groups.map(({ column }) =>
          askQuery({ measures: ['cost_usd_micro', 'calls'], group_by: [column], limit: shownRows }, range, context),
        ),
      ])
    return {
      ...{ today, soFar, yesterday, month, periods, groups: grouped },
      projected: projectMonth(month, periods),
      rangeUsd: toUsd(inRange[0]?.[0]),
      rangeCalls: toNumber(inRange[0]?.[1]) ?? 0,
      unpricedCalls: toNumber(inRange[0]?.[2]) ?? 0,
      todayLine: toLine('today', todayHours, periods.today),
      yesterdayLine: toLine('yesterday', yesterdayHours, periods.yesterday),
      unpriced: unpriced.filter((row) => (toNumber(row[3]) ?? 0) > 0),
    }
  })
}
type Spend = NonNullable<ReturnType<typeof useSpend>['data']>

const noPriced = 'No priced calls'

function Tiles({ today, soFar, yesterday, month, projected, rangeUsd, rangeCalls, unpricedCalls, periods }: Spend) {
  const change = formatChange(today, soFar)
  const clock = atClock(periods.today.untilMs)
  return (
    <div className="stat-row">
      <Stat
        label="Today"
        change={change === null ? `nothing yesterday until ${clock}` : `${change} against yesterday until ${clock}`}
      >
        <Value value={today} unit="usd" why={noPriced} />
      </Stat>
      <Stat label="Yesterday" change={soFar === null ? undefined : `${formatUsd(soFar)} until ${clock}`}>
        <Value value={yesterday} unit="usd" why={noPriced} />
      </Stat>
      <Stat label="This month" change={`at this pace until the ${periods.monthDays}th: ${formatUsd(projected)}`}>
        <Value value={month} unit="usd" why={noPriced} />
      </Stat>
      <Stat label="Chosen range" change={`${formatCount(rangeCalls)} calls`}>
        <Value value={rangeUsd} unit="usd" why={noPriced} />
      </Stat>
      <Stat
        label="Unpriced calls in range"
        judgement={unpricedCalls > 0 ? 'warn' : 'good'}
        change={unpricedCalls > 0 ? 'the spend is too low by what they cost' : 'the spend covers every call with usage'}
      >
        {formatCount(unpricedCalls)}
      </Stat>
    </div>
  )
}

interface GroupProps {
  readonly title: string
  readonly param: (typeof groups)[number]['param']
  readonly rows: readonly QueryRow[]
  readonly totalUsd: number | null
}

function Group({ title, param, rows, totalUsd }: GroupProps) {
  const priced = rows.filter(([, micro]) => toNumber(micro) !== null)
  const most = toUsd(priced[0]?.[1]) ?? 0
  return (
    <section className="card" aria-label={title}>
      <h2>{title}</h2>
      {priced.length === 0 && <p className="hint">No priced calls in this range.</p>}
      <ol className="spend-bars">
        {priced.map(([name, micro, calls]) => {
          const usd = toUsd(micro) ?? 0
          return (
            <li key={String(name)}>
              <Link className="cut" href={linkToCalls(param, name ?? null)}>
                {name === null ? <span className="faint">none given</span> : String(name)}
              </Link>
              <span className="spend-track" aria-hidden="true">
                <span style={{ width: `${most === 0 ? 0 : (usd / most) * 100}%` }} />
              </span>
              <span className="right" title={`${formatCount(toNumber(calls))} calls`}>
                {formatUsd(usd)}
              </span>
              <span className="right faint">{share(usd, totalUsd)}</span>
            </li>
          )
        })}
      </ol>
    </section>
  )
}

const share = (usd: number, total: number | null): ReactNode =>
  total ? `${Math.round((usd / total) * 100)}\u00a0%` : ''

function linkToCalls(param: GroupProps['param'], name: string | number | null): string {
  const sort = { sort: 'cost_usd_micro' }
  if (param === 'service' || param === 'model') return linkTo('/calls', sort, { [param]: [String(name)] })
  return linkTo('/calls', { ...sort, [param]: name === null ? '' : String(name) })
}

function Unpriced({ rows }: { readonly rows: readonly QueryRow[] }) {
  if (rows.length === 0) return null
  const models = [...new Map(rows.map(([, provider, model]) => [`${provider} ${model}`, { provider, model }])).values()]
  const lines = models.map(
    ({ provider, model }) =>
      `- { model: ${JSON.stringify(model)}, provider: ${JSON.stringify(provider)}, input_price_per_1m: 0.00, output_price_per_1m: 0.00, version: "${new Date().toISOString().slice(0, 7)}" }`,
  )
  return (
    <section className="card" aria-label="Unpriced">
      <h2>What is not priced</h2>
      <table className="table">
        <thead>
          <tr>
            <th>Service</th>
            <th>Provider</th>
            <th>Model</th>
            <th className="right">Calls</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([service, provider, model, calls]) => (
            <tr key={`${service} ${provider} ${model}`}>
              <td data-title="Service">{service}</td>
              <td data-title="Provider">{provider}</td>
              <td data-title="Model">{model}</td>
              <td data-title="Calls" className="right">
                {formatCount(toNumber(calls))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="hint">Put their prices into model_prices.yaml; calls that come then are priced within a second:</p>
      <pre className="code">{lines.join('\n')}</pre>
    </section>
  )
}
