import type { PanelSeries, ShownPanel } from '@inferometer/core/panels/answer'
import { formatChange, formatUsdExactly, formatValue } from '../numbers.ts'
import { Unknown } from '../parts/value.tsx'
import { isMoreWorse, judge } from './judge.ts'
import { Sparkline } from './sparkline.tsx'

interface BigNumberProps {
  readonly panel: ShownPanel
  readonly series: PanelSeries | undefined
  /** What the number leaves out: a mark says so. */
  readonly notes: readonly string[]
}

/** A stat: the number, its change against the period before, and its course. */
export function BigNumber({ panel, series, notes }: BigNumberProps) {
  const value = series?.value ?? null
  if (series === undefined || value === null) {
    return (
      <div className="big-number">
        <div className="stat-number">
          <Unknown why={panel.no_data} />
        </div>
        <div className="stat-change">{panel.no_data}</div>
      </div>
    )
  }
  return (
    <div className="big-number">
      <div
        className={`stat-number ${judge(value, panel.thresholds)}`}
        title={panel.unit === 'usd' ? formatUsdExactly(value) : undefined}
      >
        {formatValue(value, panel.unit)}
        {notes.length > 0 && (
          <span className="estimate" title={notes.join('. ')}>
            ≈<span className="hidden-text"> {notes.join('. ')}</span>
          </span>
        )}
      </div>
      <Change panel={panel} now={value} before={series.previous} />
      <Sparkline values={series.values} />
    </div>
  )
}

interface ChangeProps {
  readonly panel: ShownPanel
  readonly now: number
  readonly before: number | null
}

function Change({ panel, now, before }: ChangeProps) {
  const period = panel.period === 'today' ? 'yesterday until now' : 'the period before'
  const change = formatChange(now, before)
  if (change === null) {
    return <div className="stat-change">{before === 0 ? `0 in ${period}` : 'nothing before'}</div>
  }
  const worse = isMoreWorse(panel)
  const isUp = now > (before ?? 0)
  const isSame = change.startsWith('±')
  const judgement = worse === null || isSame ? 'neutral' : isUp === worse ? 'bad' : 'good'
  const words = { bad: 'worse', good: 'better', neutral: '' }[judgement]
  return (
    <div className="stat-change" title={`${formatValue(before, panel.unit)} in ${period}`}>
      <span className={judgement}>
        {isSame ? '' : isUp ? '▲ ' : '▼ '}
        {change}
        {words !== '' && <span className="hidden-text"> {words}</span>}
      </span>{' '}
      vs {panel.period === 'today' ? 'yesterday' : 'before'}
    </div>
  )
}
