/** What alerts now: one quiet line, or a row for each that fires or is about to. */
import './alerts.css'
import { useState } from 'react'
import { formatValue } from '../numbers.ts'
import { Icon } from '../parts/icon.tsx'
import { Link } from '../parts/link.tsx'
import { Popover } from '../parts/popover.tsx'
import { linkTo } from '../url.ts'
import { type Alert, type AlertsAnswer, countAlerts, type Firing, useAlerts } from './use-alerts.ts'

export function AlertStrip() {
  const { data, error, retry } = useAlerts()
  return (
    <section className="alerts" aria-label="Alerts" aria-busy={data === null && error === null}>
      {error !== null ? (
        <p className="alerts-line problem">
          Alerts: {error.message}
          <button type="button" className="text-button" onClick={retry}>
            Try again
          </button>
        </p>
      ) : data === null ? (
        <p className="alerts-line faint">Alerts</p>
      ) : (
        <Judged {...data} />
      )}
    </section>
  )
}

/** More are behind a button: the panels below stay in sight. */
const rowsAtFirst = 5

function Judged({ alerts }: AlertsAnswer) {
  const [isAll, setAll] = useState(false)
  const unknown = alerts.filter(({ state }) => state === 'unknown')
  const rows = alerts
    .flatMap((alert) => alert.firing.map((of) => ({ alert, of })))
    .sort((one, other) => urgencyOf(other) - urgencyOf(one))
  const count = (wanted: Alert['state']) => alerts.filter(({ state }) => state === wanted).length
  const shown = isAll ? rows : rows.slice(0, rowsAtFirst)
  return (
    <>
      <p className="alerts-line" role="status">
        {rows.length === 0 ? (
          <Quiet judged={alerts.length - unknown.length} total={alerts.length} />
        ) : (
          <strong>{countAlerts(count('firing'), count('pending'))}</strong>
        )}
        {unknown.length > 0 && <NotKnown alerts={unknown} />}
      </p>
      {shown.length > 0 && (
        <ul className="alert-rows">
          {shown.map(({ alert, of }) => (
            <Row key={`${alert.name} ${JSON.stringify(of.labels)}`} alert={alert} of={of} />
          ))}
        </ul>
      )}
      {rows.length > rowsAtFirst && (
        <button type="button" className="text-button" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
          {isAll ? 'Show fewer' : `Show all ${rows.length}`}
        </button>
      )}
    </>
  )
}

interface AlertRow {
  readonly alert: Alert
  readonly of: Firing
}

/** What fires before what is pending, what pages before what does not. */
const urgencyOf = ({ alert, of }: AlertRow) => (of.state === 'firing' ? 2 : 0) + (alert.severity === 'page' ? 1 : 0)

function Quiet({ judged, total }: { readonly judged: number; readonly total: number }) {
  if (judged === 0) return <span className="warn">No alert could be judged</span>
  return (
    <span className="alerts-quiet">
      <span className="good">
        <Icon name="check" size={14} />
      </span>
      {judged === total ? `None of ${total} alerts fires` : `${judged} of ${total} alerts are quiet`}
    </span>
  )
}

function NotKnown({ alerts }: { readonly alerts: readonly Alert[] }) {
  return (
    <Popover
      title="Which alerts cannot be judged here, and why"
      className="text-button"
      label={`${alerts.length} not known here`}
    >
      {() => (
        <ul className="alerts-unknown">
          {alerts.map(({ name, reason }) => (
            <li key={name}>
              <Link href={linkTo(`/runbooks/${name}`)}>{name}</Link>
              <br />
              {reason}
            </li>
          ))}
        </ul>
      )}
    </Popover>
  )
}

const words = { above: 'above', at_least: 'at least', below: 'below' } as const

function Row({ alert, of }: AlertRow) {
  const { name, severity, summary, unit, window } = alert
  const where = Object.values(of.labels).join(' · ')
  const is = words[of.conditions[0]?.is ?? 'above']
  return (
    <li className={`alert-row ${severity} ${of.state}`} data-alert={name}>
      <span className="alert-severity">{of.state === 'firing' ? severity : 'pending'}</span>
      <div className="alert-what">
        <p>{summary}</p>
        <p className="alert-where">{where === '' ? 'everything together' : where}</p>
      </div>
      <p className="alert-value">
        <strong>{formatValue(of.value, unit)}</strong>
        {window !== null && ` in ${window}`}, {is} {formatValue(of.threshold, unit)}
        {of.state === 'pending' && (
          <span className="hint">
            {' '}
            {severity === 'page' ? 'pages' : 'a ticket'} after {alert.for}
          </span>
        )}
      </p>
      <p className="alert-links">
        <Link href={placeOf(alert, of)}>
          {alert.dashboard === null ? 'Health' : 'Dashboard'}
          <span className="hidden-text">{` for ${name} of ${where}`}</span>
        </Link>
        <Link href={linkTo(`/runbooks/${name}`)}>
          Runbook<span className="hidden-text">{` of ${name}, ${where}`}</span>
        </Link>
      </p>
    </li>
  )
}

/** The dashboard, narrowed to what fires. */
function placeOf({ dashboard }: Alert, { labels }: Firing): string {
  if (dashboard === null) return linkTo('/health')
  const only = (label: string) => (labels[label] === undefined ? [] : [labels[label]])
  return linkTo(
    `/d/${dashboard}`,
    {},
    { service: only('service_name'), provider: only('provider'), model: only('model') },
  )
}
