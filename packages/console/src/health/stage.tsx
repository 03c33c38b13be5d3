import type { ReactNode } from 'react'
import { formatCount } from '../numbers.ts'
import type { Counted } from './pipeline.ts'

interface StageProps {
  readonly name: string
  /** What it does with a call. */
  readonly does: string
  readonly number: number
  readonly unit: string
  readonly tone?: 'good' | 'warn' | 'bad' | 'neutral'
  readonly children?: ReactNode
}

/** One station on the way of a call. */
export function Stage({ name, does, number, unit, tone, children }: StageProps) {
  return (
    <li className={`stage ${tone ?? ''}`}>
      <h2>{name}</h2>
      <p className="hint">{does}</p>
      <p className="stage-number">
        {formatCount(number)} <span className="faint">{unit}</span>
      </p>
      {children}
    </li>
  )
}

interface CountsProps {
  /** What is counted: `rejected`. */
  readonly word: string
  readonly counted: readonly Counted[]
  readonly tone?: 'warn' | 'bad'
  readonly nameOf: (counted: Counted) => string
}

/** What left the way here, by reason. Nothing where nothing did. */
export function Counts({ word, counted, tone, nameOf }: CountsProps) {
  if (counted.length === 0) return null
  return (
    <div className="counts">
      <h3 className={tone}>{word}</h3>
      <dl>
        {counted.map((one) => (
          <div key={nameOf(one)}>
            <dt title={nameOf(one)}>{nameOf(one)}</dt>
            <dd>{formatCount(one.count)}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
