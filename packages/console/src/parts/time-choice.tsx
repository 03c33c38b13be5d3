import { type FormEvent, useState } from 'react'
import { useRange } from '../clock.ts'
import { formatTime, formatUtc } from '../numbers.ts'
import { isRelative, parseMoment, presets, type TimeRange } from '../time-range.ts'
import { changeView, useView } from '../url.ts'
import { Icon } from './icon.tsx'
import { Popover } from './popover.tsx'

/** The id of its button: the key `t` opens it. */
export const timeChoiceId = 'time-choice'

/** The range of time: presets, absolute times, back and forth, wider. Dragging on a chart chooses one too. */
export function TimeChoice() {
  const view = useView()
  const range = useRange()
  const preset = presets.find(({ from, to }) => from === view.from && to === view.to)
  const label = preset?.label ?? describeRange(view, range)
  return (
    <div className="joined time-choice">
      <button type="button" className="button" aria-label="Earlier" title="Earlier" onClick={() => shift(range, -1)}>
        <Icon name="left" size={14} />
      </button>
      <Popover id={timeChoiceId} title="Time range (t)" label={<TimeLabel label={label} range={range} />}>
        {(close) => (
          <div className="time-panel">
            <ul className="choices">
              {presets.map((one) => (
                <li key={one.label}>
                  <button
                    type="button"
                    aria-pressed={one === preset}
                    {...(one === (preset ?? presets[0]) && { 'data-autofocus': true })}
                    onClick={() => {
                      changeView({ from: one.from, to: one.to })
                      close()
                    }}
                  >
                    {one.label}
                  </button>
                </li>
              ))}
            </ul>
            <AbsoluteForm range={range} onDone={close} />
          </div>
        )}
      </Popover>
      <button type="button" className="button" aria-label="Later" title="Later" onClick={() => shift(range, 1)}>
        <Icon name="right" size={14} />
      </button>
    </div>
  )
}

function TimeLabel({ label, range }: { readonly label: string; readonly range: TimeRange }) {
  return (
    <span className="time-label" title={`${formatUtc(range.sinceMs)} – ${formatUtc(range.untilMs)}`}>
      {label}
      <Icon name="down" size={12} />
    </span>
  )
}

function describeRange(view: { readonly from: string; readonly to: string }, { sinceMs, untilMs }: TimeRange): string {
  const sameDay = new Date(sinceMs).toDateString() === new Date(untilMs).toDateString()
  const until = isRelative(view) ? 'now' : sameDay ? formatTime(untilMs).slice(-8) : formatTime(untilMs)
  return `${formatTime(sinceMs)} – ${until}`
}

/** By half of what is shown, so that something stays in view. */
function shift({ sinceMs, untilMs }: TimeRange, direction: 1 | -1): void {
  const by = Math.round(((untilMs - sinceMs) / 2) * direction)
  changeView({ from: String(Math.round(sinceMs + by)), to: String(Math.round(untilMs + by)) })
}

interface AbsoluteFormProps {
  readonly range: TimeRange
  readonly onDone: () => void
}

function AbsoluteForm({ range, onDone }: AbsoluteFormProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const read = (name: string) => {
      const text = String(form.get(name)).trim()
      return { text, ms: parseMoment(text, Date.now()) }
    }
    const [from, to] = [read('from'), read('to')]
    if (from.ms === null || to.ms === null) return setProblem('Use 2026-11-28 14:30, or a time ago such as now-2h')
    if (from.ms >= to.ms) return setProblem('The end must be later than the beginning')
    changeView({ from: toUrlText(from), to: toUrlText(to) })
    onDone()
  }
  return (
    <form className="time-form" onSubmit={submit}>
      <label>
        From
        <input name="from" defaultValue={toLocalText(range.sinceMs)} spellCheck={false} />
      </label>
      <label>
        To
        <input name="to" defaultValue={toLocalText(range.untilMs)} spellCheck={false} />
      </label>
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <button type="submit" className="button primary">
        Apply
      </button>
      <p className="hint">Your zone: {Intl.DateTimeFormat().resolvedOptions().timeZone}</p>
    </form>
  )
}

const toUrlText = ({ text, ms }: { text: string; ms: number | null }) => (text.startsWith('now') ? text : String(ms))

function toLocalText(ms: number): string {
  const date = new Date(ms)
  const two = (part: number) => String(part).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
