import { Fragment } from 'react'
import type { Finding } from '../calls/call.ts'
import { splitText } from './split-text.ts'

interface MarkedTextProps {
  readonly text: string
  /** With offsets in this text. */
  readonly findings: readonly Finding[]
}

/** A text as it is, with what was found in it marked, and what was masked shown as masked. Never markup. */
export function MarkedText({ text, findings }: MarkedTextProps) {
  return (
    <span className="marked-text">
      {splitText(text, findings).map(({ at, text: piece, finding, redacted }) =>
        redacted !== null ? (
          <span key={at} className="redacted" title={`Masked before it was kept: ${redacted}`}>
            {piece}
          </span>
        ) : finding === null ? (
          <Fragment key={at}>{piece}</Fragment>
        ) : (
          <mark key={at} className={finding.type === 'injection' ? 'found bad' : 'found warn'} title={finding.pattern}>
            {piece}
            <span className="hidden-text"> ({finding.pattern})</span>
          </mark>
        ),
      )}
    </span>
  )
}
