/** A panel with its frame: title, what it means, menu, and in its space the answer, dimmed while the next one comes. */
import type { PanelAnswer, ShownPanel } from '@inferometer/core/panels/answer'
import { useState } from 'react'
import { ErrorBoundary } from '../parts/error-boundary.tsx'
import { ErrorState } from '../parts/error-state.tsx'
import { Icon } from '../parts/icon.tsx'
import { Popover } from '../parts/popover.tsx'
import { changeParams, go, linkTo } from '../url.ts'
import type { Mark } from './line-option.ts'
import { saveFile, toCsv } from './panel-csv.ts'
import { PanelQueries } from './panel-queries.tsx'
import { PanelView } from './panel-view.tsx'

export interface PanelProps {
  readonly panel: ShownPanel
  /** The last answer; null before the first. */
  readonly answer: PanelAnswer | null
  readonly error: Error | null
  readonly isLoading: boolean
  readonly onRetry: () => void
  readonly marks: readonly Mark[]
  readonly isFull?: boolean
  /** The dashboard it is of, where it stands on another page. */
  readonly home?: string
}

export function Panel({ panel, answer, error, isLoading, onRetry, marks, isFull = false, home }: PanelProps) {
  const [isAsked, setAsked] = useState(false)
  const { id, title, place, kind } = panel
  const style = isFull
    ? {}
    : { gridColumn: `${place.x + 1} / span ${place.w}`, gridRow: `${place.y + 1} / span ${place.h}` }
  return (
    <section
      className={`panel of-${kind}${isFull ? ' full' : ''}`}
      style={style}
      aria-labelledby={`title-${id}`}
      data-panel={id}
    >
      <header className="panel-head">
        <h2 id={`title-${id}`} className="cut" title={title}>
          {title}
        </h2>
        {panel.description !== '' && (
          <Popover
            title={`What ${title} means`}
            className="icon-button small"
            align={place.x + place.w > 12 ? 'right' : 'left'}
            label={<Icon name="info" size={13} />}
          >
            {() => <p className="panel-text">{panel.description}</p>}
          </Popover>
        )}
        <PanelMenu panel={panel} answer={answer} isFull={isFull} home={home} onAsk={() => setAsked(true)} />
      </header>
      {panel.notes.map((note) => (
        <p key={note} className="panel-note">
          {note}
        </p>
      ))}
      <div className={isLoading && answer !== null ? 'panel-body dimmed' : 'panel-body'} aria-busy={isLoading}>
        <PanelBody {...{ panel, answer, error, isLoading, onRetry, marks }} />
      </div>
      {isAsked && <PanelQueries panel={panel} onClose={() => setAsked(false)} />}
    </section>
  )
}

function PanelBody({ panel, answer, error, onRetry, marks }: PanelProps) {
  if (error !== null) return <ErrorState what={panel.title} error={error} onRetry={onRetry} />
  if (answer === null) return null
  if (answer.error !== null) return <ErrorState what={panel.title} error={new Error(answer.error)} onRetry={onRetry} />
  return (
    <ErrorBoundary>
      <PanelView panel={panel} answer={answer} marks={marks} />
    </ErrorBoundary>
  )
}

interface PanelMenuProps extends Pick<PanelProps, 'panel' | 'answer'> {
  readonly isFull: boolean
  readonly home: string | undefined
  readonly onAsk: () => void
}

function PanelMenu({ panel, answer, isFull, home, onAsk }: PanelMenuProps) {
  const alone = { viewPanel: panel.id }
  const show = () => {
    if (home === undefined) changeParams(isFull ? { viewPanel: null } : alone)
    else go(linkTo(`/d/${home}`, alone))
  }
  const copyLink = () => {
    const path = home === undefined ? location.pathname : linkTo(`/d/${home}`)
    const url = new URL(path, location.href)
    if (home === undefined) url.search = location.search
    url.searchParams.set('viewPanel', panel.id)
    return navigator.clipboard.writeText(url.href)
  }
  const save = () => answer !== null && saveFile(`${panel.id}.csv`, toCsv(panel, answer))
  return (
    <div className="panel-menu">
      <Popover
        title={`Menu of ${panel.title}`}
        className="icon-button small"
        align="right"
        label={<Icon name="more" size={14} />}
      >
        {(close) => {
          const item = (text: string, run: () => unknown) => (
            <li>
              <button
                type="button"
                onClick={() => {
                  close()
                  run()
                }}
              >
                {text}
              </button>
            </li>
          )
          return (
            <ul className="choices">
              {item(isFull ? 'Back to the dashboard' : 'Full screen', show)}
              {item('What query is this', onAsk)}
              {item('Save as CSV', save)}
              {item('Copy a link to this panel', copyLink)}
            </ul>
          )
        }}
      </Popover>
    </div>
  )
}
