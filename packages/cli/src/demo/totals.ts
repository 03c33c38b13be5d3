/** Sums over the demo's services, read from the server's own metrics: what is shown is what the server has counted. */
import { callMetrics } from '@inferometer/core/metrics'

export interface Totals {
  readonly calls: number
  readonly errors: number
  readonly retried: number
  readonly tokens: number
  readonly costUsdMicro: number
}

export const noTotals: Totals = { calls: 0, errors: 0, retried: 0, tokens: 0, costUsdMicro: 0 }

/** `exposition` is Prometheus text. Series of other services are left out. */
export function readTotals(exposition: string, serviceNames: ReadonlySet<string>): Totals {
  const sums = { ...noTotals }
  for (const line of exposition.split('\n')) {
    const [, name, labels, value] = /^(\w+)\{(.*)\} (\S+)/.exec(line) ?? []
    const [, service] = /service_name="([^"]*)"/.exec(labels ?? '') ?? []
    if (labels === undefined || service === undefined || !serviceNames.has(service)) continue
    const amount = Number(value)
    if (name === callMetrics.spans.name) {
      sums.calls += amount
      if (labels.includes('status="error"')) sums.errors += amount
      if (labels.includes('has_retries="true"')) sums.retried += amount
    } else if (name === callMetrics.tokens.name) sums.tokens += amount
    else if (name === callMetrics.cost.name) sums.costUsdMicro += amount
  }
  return sums
}

export function subtractTotals(now: Totals, before: Totals): Totals {
  return {
    calls: now.calls - before.calls,
    errors: now.errors - before.errors,
    retried: now.retried - before.retried,
    tokens: now.tokens - before.tokens,
    costUsdMicro: now.costUsdMicro - before.costUsdMicro,
  }
}

export function formatTotals(elapsedMs: number, totals: Totals): string {
  const seconds = Math.floor(elapsedMs / 1_000)
  const clock = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
  const count = (value: number) => Math.round(value).toLocaleString('en-US')
  return [
    clock,
    `${count(totals.calls)} calls`,
    `${count(totals.tokens)} tokens`,
    `$${(totals.costUsdMicro / 1_000_000).toFixed(4)}`,
    `${count(totals.errors)} errors`,
    `${count(totals.retried)} retried`,
  ].join('  ')
}
