import { type ReactNode, useMemo } from 'react'
import { useNow, useRange } from '../clock.ts'
import { formatCount, formatMs, formatTime } from '../numbers.ts'
import { ErrorState } from '../parts/error-state.tsx'
import { Link } from '../parts/link.tsx'
import { askQuery } from '../spend/query.ts'
import { chooseStep, type TimeRange } from '../time-range.ts'
import { linkTo, useView } from '../url.ts'
import { useAnswer } from '../use-answer.ts'
import { countPatterns, type PatternCount } from './count-patterns.ts'
import { kindOf } from './kind.ts'

/** Thin bars beside a name: more could not be told apart. */
const stepsAtMost = 60
const dayMs = 86_400_000

interface Counts {
  readonly patterns: readonly PatternCount[]
  readonly range: TimeRange
  readonly stepMs: number
}

/**
 * Every pattern that was found in the range: how often, in how many calls, and when. `children` stand below and come with the
 * first answer, as the table would push them down.
 */
export function ByPattern({ children }: { readonly children: ReactNode }) {
  const now = useNow()
  const view = useView()
  const range = useRange()
  const key = useMemo(() => JSON.stringify([now, view]), [now, view])
  const { data, error, retry, isLoading } = useAnswer(key, async (signal): Promise<Counts> => {
    const stepMs = chooseStep(range, stepsAtMost)
    const step = stepMs % dayMs === 0 ? `${stepMs / dayMs}d` : `${stepMs / 1_000}s`
    const asked = { measures: ['findings', 'calls'], group_by: ['finding', 'pattern'], step }
    const rows = await askQuery(asked, range, { view, signal })
    return { patterns: countPatterns(rows, range, stepMs), range, stepMs }
  })
  if (error === null && data === null) return null
  return (
    <>
      {error !== null && <ErrorState what="Findings" error={error} onRetry={retry} />}
      {error === null && data !== null && (
        <section className={`card by-pattern${isLoading ? ' dimmed' : ''}`} aria-label="By pattern">
          <h2>In the range, by pattern</h2>
          {data.patterns.length === 0 ? <NoFindings /> : <Patterns {...data} />}
        </section>
      )}
      {children}
    </>
  )
}

function NoFindings() {
  return (
    <>
      <p className="hint">
        No call in this range has a finding. On Node the SDK scans prompts by itself and sends what it found instead of
        the text:
      </p>
      <pre className="code">node --import @inferometer/sdk/register app.js</pre>
      <p className="hint">
        What other senders send is scanned here when its content comes with it, kept or not. A sender that scans by
        itself reports with <code>pii_detected</code> and <code>injection_attempt</code>.
      </p>
    </>
  )
}

function Patterns({ patterns, range, stepMs }: Counts) {
  return (
    <table className="table pattern-table">
      <caption className="hidden-text">Findings by pattern</caption>
      <thead>
        <tr>
          <th scope="col">Pattern</th>
          <th scope="col">Of</th>
          <th scope="col" className="pattern-course">
            Over the range, {formatMs(stepMs)} a bar
          </th>
          <th scope="col" className="right">
            Findings
          </th>
          <th scope="col" className="right">
            Calls
          </th>
        </tr>
      </thead>
      <tbody>
        {patterns.map((count) => (
          <tr key={`${count.kind} ${count.pattern}`}>
            <td data-title="Pattern">
              <Link href={linkTo('/calls', { pattern: count.pattern, finding: count.kind })}>{count.pattern}</Link>
            </td>
            <td data-title="Of" className="faint">
              {kindOf(count.kind).word}
            </td>
            <td data-title="Over the range" className="pattern-course">
              <Bars count={count} range={range} stepMs={stepMs} />
            </td>
            <td data-title="Findings" className="right">
              {formatCount(count.findings)}
            </td>
            <td data-title="Calls" className="right">
              {formatCount(count.calls)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const barsHeight = 20

function Bars({ count: { kind, byStep }, range, stepMs }: Omit<Counts, 'patterns'> & { readonly count: PatternCount }) {
  const most = Math.max(1, ...byStep)
  const peak = byStep.indexOf(most)
  const peakMs = (Math.floor(range.sinceMs / stepMs) + peak) * stepMs
  const title = `At most ${formatCount(most)}, at ${formatTime(peakMs)}`
  return (
    <svg
      className={`pattern-time ${kindOf(kind).tone}`}
      viewBox={`0 0 ${byStep.length} ${barsHeight}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={title}
    >
      <title>{title}</title>
      {byStep.map((findings, step) => {
        if (findings === 0) return null
        const height = Math.max(2, (findings / most) * barsHeight)
        // biome-ignore lint/suspicious/noArrayIndexKey: a step has no other name
        return <rect key={step} x={step + 0.1} y={barsHeight - height} width={0.8} height={height} />
      })}
    </svg>
  )
}
