/** Which alerts would fire now: asked once for the rail and the overview. */
import { createContext, createElement, type ReactNode, useContext } from 'react'
import { getJson } from '../api.ts'
import { useNow } from '../clock.ts'
import { type Answer, useAnswer } from '../use-answer.ts'

/** What of it fires. */
export interface Firing {
  /** `firing`: it has gone on for as long as the rule waits. */
  readonly state: 'pending' | 'firing'
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  readonly threshold: number
  /** The first is that of `value`. */
  readonly conditions: readonly { readonly is: 'above' | 'at_least' | 'below' }[]
}

export interface Alert {
  readonly name: string
  readonly severity: 'page' | 'ticket'
  readonly summary: string
  readonly for: string
  readonly dashboard: string | null
  readonly unit: 'share' | 'milliseconds' | 'usd' | 'count'
  readonly window: string | null
  readonly state: 'firing' | 'pending' | 'quiet' | 'unknown'
  readonly reason: string | null
  readonly firing: readonly Firing[]
}

/** The schema of GET /v1/alerts, as far as it is shown. */
export interface AlertsAnswer {
  readonly as_of_ms: number
  readonly alerts: readonly Alert[]
}

const AlertsContext = createContext<Answer<AlertsAnswer>>({
  data: null,
  error: null,
  isLoading: true,
  retry: () => undefined,
})

export function AlertsProvider({ children }: { readonly children: ReactNode }) {
  const now = useNow()
  const answer = useAnswer(`alerts ${now}`, (signal) => getJson<AlertsAnswer>('/v1/alerts', signal))
  return createElement(AlertsContext.Provider, { value: answer }, children)
}

export function useAlerts(): Answer<AlertsAnswer> {
  return useContext(AlertsContext)
}

/** `2 alerts fire now, 1 pending` */
export function countAlerts(firing: number, pending: number): string {
  const words = firing === 1 ? '1 alert fires now' : `${firing} alerts fire now`
  if (pending === 0) return words
  return firing === 0 ? `${pending} ${pending === 1 ? 'alert' : 'alerts'} pending` : `${words}, ${pending} pending`
}
