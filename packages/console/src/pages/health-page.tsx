import '../health/health.css'
import { getJson } from '../api.ts'
import { useNow } from '../clock.ts'
import { type Counted, type Destination, type Pipeline, sumOf } from '../health/pipeline.ts'
import { Counts, Stage } from '../health/stage.tsx'
import { formatCount, formatMs } from '../numbers.ts'
import { ErrorState } from '../parts/error-state.tsx'
import { Moment, Unknown } from '../parts/value.tsx'
import { useAnswer } from '../use-answer.ts'

/** The way of a call through the server as one picture: what came, what left it where and why, and where the rest is. */
export default function HealthPage() {
  const now = useNow()
  const { data, error, retry } = useAnswer(`pipeline ${now}`, (signal) => getJson<Pipeline>('/v1/pipeline', signal))
  if (error !== null) return <ErrorState what="Health" error={error} onRetry={retry} />
  return data === null ? null : <Picture {...data} />
}

const reasonOf = ({ source, reason }: Counted) => `${(reason ?? '').replaceAll('_', ' ')} (${source})`
const sourceOf = ({ source }: Counted) => (source ?? '').replaceAll('_', ' ')

function Picture(pipeline: Pipeline) {
  const { receive, normalize, record } = pipeline
  const received = sumOf(receive.received)
  const known = [record.recorded, record.duplicates, normalize.ignored, receive.rejected].map(sumOf)
  const missing = received - known.reduce((sum, count) => sum + count, 0)
  return (
    <div className="health">
      <header className="page-head">
        <h1>Health</h1>
        <p>The way of a call through this server. Counters go on from where they were when it is started again.</p>
      </header>
      <p className={missing === 0 ? 'balance good' : 'balance bad'} role="status">
        {missing === 0
          ? `Every call is accounted for: ${formatCount(received)} received = ${formatCount(known[0])} recorded + ${formatCount(known[1])} duplicates + ${formatCount(known[2])} ignored + ${formatCount(known[3])} rejected.`
          : `${formatCount(Math.abs(missing))} of ${formatCount(received)} received calls are not accounted for: please report it.`}
      </p>
      <Stages {...pipeline} received={received} />
      <Destinations {...pipeline.forward} />
    </div>
  )
}

function Stages({
  received,
  receive,
  normalize,
  enrich,
  record,
  store,
  metrics,
}: Pipeline & { readonly received: number }) {
  return (
    <ol className="stages">
      <Stage
        name="receive"
        does="Key, limits and encoding"
        number={received}
        unit="received"
        tone={receive.rejected.length > 0 ? 'warn' : 'neutral'}
      >
        <Counts word="from" counted={receive.received} nameOf={sourceOf} />
        <Counts word="rejected" tone="bad" counted={receive.rejected} nameOf={reasonOf} />
      </Stage>
      <Stage
        name="normalize"
        does="Any dialect to one record"
        number={sumOf(normalize.ignored)}
        unit="ignored: no model calls"
      >
        <Counts word="ignored" counted={normalize.ignored} nameOf={reasonOf} />
      </Stage>
      <Stage
        name="enrich"
        does="Prices and findings"
        number={enrich.unpriced_calls}
        unit="unpriced"
        tone={enrich.unpriced_calls > 0 ? 'warn' : 'neutral'}
      >
        <Counts word="without usage" counted={withoutUsage(enrich.usage_missing)} nameOf={sourceOf} />
        <Counts word="findings" counted={enrich.findings.slice(0, 6)} nameOf={({ pattern }) => pattern ?? ''} />
      </Stage>
      <Stage name="record" does="Each call once, durably" number={sumOf(record.recorded)} unit="recorded">
        <Counts word="from" counted={record.recorded} nameOf={sourceOf} />
        <Counts word="duplicates, not counted again" counted={record.duplicates} nameOf={sourceOf} />
      </Stage>
      <StoreStage {...store} />
      <MetricsStage {...metrics} />
    </ol>
  )
}

const withoutUsage = (count: number): readonly Counted[] => (count > 0 ? [{ count, source: 'calls' }] : [])

function StoreStage(store: Pipeline['store']) {
  return (
    <Stage
      name="store"
      does={store.message ?? 'DuckDB on this disk'}
      number={store.calls}
      unit="kept"
      tone={store.health === 'ok' ? 'good' : 'bad'}
    >
      <dl className="stage-facts">
        <Row name="health" value={store.health} />
        <Row name="on disk" value={formatBytes(store.disk_bytes)} />
        <Row name="waiting" value={formatCount(store.pending_calls)} />
        <Row name="last commit" value={formatMs(store.last_commit_ms)} />
      </dl>
      <Counts word="dropped by retention" tone="warn" counted={store.dropped} nameOf={({ reason }) => reason ?? ''} />
    </Stage>
  )
}

function MetricsStage(metrics: Pipeline['metrics']) {
  return (
    <Stage
      name="metrics"
      does={metrics.address}
      number={metrics.series}
      unit={`of ${formatCount(metrics.series_limit)} series`}
      tone={metrics.overflow.length > 0 ? 'warn' : 'good'}
    >
      <dl className="stage-facts">
        <div>
          <dt>last scrape</dt>
          <dd>
            {metrics.last_scrape === null ? (
              <Unknown why="No Prometheus has asked yet" />
            ) : (
              <Moment ms={Date.parse(metrics.last_scrape)} />
            )}
          </dd>
        </div>
      </dl>
      <Counts
        word="over a cap, counted as __other__"
        tone="warn"
        counted={metrics.overflow}
        nameOf={({ metric, label }) => `${metric} ${label}`}
      />
    </Stage>
  )
}

function Row({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

/** A destination that is later than this is behind. */
const lateSeconds = 60

function Destinations({ destinations, forwarded, failed, set_aside: setAside }: Pipeline['forward']) {
  return (
    <section className="card" aria-label="forward">
      <h2>forward</h2>
      {destinations.length === 0 ? (
        <p className="hint">
          No destination is set. <code>--forward-traces http://127.0.0.1:4318</code> sends calls on to Tempo,{' '}
          <code>--forward-logs</code> to Loki, <code>--forward-metrics</code> to Prometheus remote write. Nothing is
          lost while a destination is away.
        </p>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th>Destination</th>
              <th className="right">Forwarded</th>
              <th className="right">Waiting</th>
              <th className="right">Lag</th>
              <th className="right">Set aside</th>
              <th>State</th>
            </tr>
          </thead>
          <tbody>
            {destinations.map((destination) => (
              <DestinationRow key={destination.name} {...{ destination, forwarded, failed, setAside }} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

interface DestinationRowProps {
  readonly destination: Destination
  readonly forwarded: readonly Counted[]
  readonly failed: readonly Counted[]
  readonly setAside: readonly Counted[]
}

function DestinationRow({
  destination: { name, problem, ...state },
  forwarded,
  failed,
  setAside,
}: DestinationRowProps) {
  const own = (counted: readonly Counted[]) => counted.filter(({ destination }) => destination === name)
  const isLate = state.lag_seconds > lateSeconds
  const failures = own(failed).map(({ reason, count }) => `${reason} ×${formatCount(count)}`)
  return (
    <tr>
      <td data-title="Destination">{name}</td>
      <td data-title="Forwarded" className="right">
        {formatCount(sumOf(own(forwarded)))}
      </td>
      <td data-title="Waiting" className="right">
        {formatCount(state.pending_calls)}
      </td>
      <td data-title="Lag" className={isLate ? 'right bad' : 'right'}>
        {formatMs(state.lag_seconds * 1_000)}
      </td>
      <td data-title="Set aside" className="right">
        {formatCount(sumOf(own(setAside)))}
      </td>
      <td data-title="State" className={problem === null ? 'good' : 'bad'} title={failures.join('\n') || undefined}>
        {problem ?? (isLate ? 'behind' : 'keeping up')}
      </td>
    </tr>
  )
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1_000 ** power
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)}\u00a0${units[power]}`
}
