import type { ReactNode } from 'react'

export type Judgement = 'good' | 'warn' | 'bad' | 'neutral'

interface StatProps {
  readonly label: string
  readonly children: ReactNode
  /** What it says beside the number: the change against the period before. */
  readonly change?: ReactNode
  readonly judgement?: Judgement
  readonly title?: string
}

/** One large number with its label. */
export function Stat({ label, children, change, judgement = 'neutral', title }: StatProps) {
  return (
    <div className="stat-tile" title={title}>
      <div className="stat-label">{label}</div>
      <div className={`stat-number ${judgement}`}>{children}</div>
      {change !== undefined && <div className="stat-change">{change}</div>}
    </div>
  )
}
