/** The one bar of every page: time range, service · provider · model, refresh, share link. */
import { useState } from 'react'
import { refreshNow } from '../clock.ts'
import { changeView, filterNames, type Refresh, refreshes, useView } from '../url.ts'
import { FilterChoice } from './filter-choice.tsx'
import { Icon } from './icon.tsx'
import { TimeChoice } from './time-choice.tsx'

export function Bar() {
  return (
    <div className="bar" role="toolbar" aria-label="What is shown">
      <TimeChoice />
      <div className="bar-filters">
        {filterNames.map((name) => (
          <FilterChoice key={name} name={name} />
        ))}
      </div>
      <div className="bar-end">
        <RefreshChoice />
        <ShareLink />
      </div>
    </div>
  )
}

function RefreshChoice() {
  const { refresh } = useView()
  return (
    <div className="joined">
      <button type="button" className="button" title="Refresh now (r)" aria-label="Refresh now" onClick={refreshNow}>
        <Icon name="refresh" size={14} />
      </button>
      <select
        className="button"
        aria-label="Refresh"
        title="How often it is refreshed"
        value={refresh}
        onChange={({ target }) => {
          const chosen = refreshes.find((one) => one === target.value)
          if (chosen !== undefined) changeView({ refresh: chosen })
        }}
      >
        {refreshes.map((one) => (
          <option key={one} value={one}>
            {refreshWords[one]}
          </option>
        ))}
      </select>
    </div>
  )
}

const refreshWords: Readonly<Record<Refresh, string>> = { off: 'off', '5s': '5 s', '30s': '30 s' }

const saidMs = 1_500

function ShareLink() {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(location.href)
    setCopied(true)
    setTimeout(() => setCopied(false), saidMs)
  }
  return (
    <button type="button" className="button share" title="Copy a link to this view" onClick={copy}>
      <Icon name={isCopied ? 'check' : 'share'} size={14} />
      <span aria-live="polite">{isCopied ? 'Copied' : 'Share'}</span>
    </button>
  )
}
