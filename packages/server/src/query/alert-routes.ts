import type { RestApp } from '../api.ts'
import { AlertsAnswer } from './alert-schema.ts'
import { type JudgeSetup, judgeAlerts } from './judge-alerts.ts'

export interface AlertRoutesOptions extends Omit<JudgeSetup, 'nowMs'> {
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
}

/** Every open page of the console asks: they share an answer for so long. */
const sharedMs = 10_000

/** GET /v1/alerts */
export function addAlertRoutes(app: RestApp, { now, ...setup }: AlertRoutesOptions): void {
  let shared: { readonly atMs: number; readonly answer: Promise<AlertsAnswer> } | null = null
  const judge = async (nowMs: number) => ({ as_of_ms: nowMs, alerts: await judgeAlerts({ ...setup, nowMs }) })
  app.get(
    '/v1/alerts',
    {
      schema: {
        tags: ['dashboards'],
        summary: 'Which alerts of the Prometheus rules would fire now, judged from the recorded calls',
        response: { 200: AlertsAnswer },
      },
    },
    () => {
      const nowMs = now()
      if (shared === null || Math.abs(nowMs - shared.atMs) >= sharedMs) shared = { atMs: nowMs, answer: judge(nowMs) }
      return shared.answer
    },
  )
}
