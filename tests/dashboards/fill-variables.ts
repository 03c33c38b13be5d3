/** What Grafana writes in place of the variables of a dashboard. */
export interface Variables {
  readonly rangeSeconds: number
  readonly rateIntervalSeconds: number
  /** Regular expressions, as Grafana makes of one or several values. */
  readonly service?: string
  readonly provider?: string
  readonly model?: string
}

export const anyVariables: Variables = { rangeSeconds: 21_600, rateIntervalSeconds: 60 }

export function fillVariables(promql: string, variables: Variables = anyVariables): string {
  const { rangeSeconds, rateIntervalSeconds, service = '.*', provider = '.*', model = '.*' } = variables
  const values: Readonly<Record<string, string>> = {
    __range_s: String(rangeSeconds),
    __range: `${rangeSeconds}s`,
    __rate_interval: `${rateIntervalSeconds}s`,
    service,
    provider,
    model,
  }
  return promql.replace(/\$(\w+)/g, (whole, name: string) => values[name] ?? whole)
}
