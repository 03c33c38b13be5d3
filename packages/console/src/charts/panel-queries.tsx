import type { ShownPanel } from '@inferometer/core/panels/answer'
import { useState } from 'react'
import { Icon } from '../parts/icon.tsx'
import { Modal } from '../parts/modal.tsx'

interface PanelQueriesProps {
  readonly panel: ShownPanel
  readonly onClose: () => void
}

/** What is asked of the store, and what Grafana asks of Prometheus for the same. */
export function PanelQueries({ panel, onClose }: PanelQueriesProps) {
  return (
    <Modal title={`What ${panel.title} asks`} className="wide" onClose={onClose}>
      {panel.queries.map(({ legend, terms, promql }) => (
        <div key={legend + promql} className="panel-query">
          <h3>{legend}</h3>
          <Copyable
            title="Of the store"
            text={terms === null ? 'Nothing: see the note on the panel' : JSON.stringify(terms, null, 2)}
          />
          <Copyable title="PromQL" text={promql} />
        </div>
      ))}
    </Modal>
  )
}

function Copyable({ title, text }: { readonly title: string; readonly text: string }) {
  const [isCopied, setCopied] = useState(false)
  return (
    <div className="copyable">
      <div className="copyable-head">
        {title}
        <button
          type="button"
          className="text-button"
          onClick={() => navigator.clipboard.writeText(text).then(() => setCopied(true))}
        >
          <Icon name={isCopied ? 'check' : 'copy'} size={12} /> {isCopied ? 'Copied' : 'Copy'}
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className="code" tabIndex={0}>
        {text}
      </pre>
    </div>
  )
}
