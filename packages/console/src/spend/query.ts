/** Sums over recorded calls, as POST /v1/query answers them. */
import { postJson } from '../api.ts'
import type { TimeRange } from '../time-range.ts'
import type { View } from '../url.ts'

export interface QueryAsked {
  readonly measures: readonly string[]
  readonly group_by?: readonly string[]
  readonly order_by?: string
  readonly limit?: number
  readonly step?: string
}

export type QueryRow = readonly (string | number | null)[]

/** Sums of the calls that the filters of the view let through. */
export async function askQuery(
  asked: QueryAsked,
  { sinceMs, untilMs }: TimeRange,
  { view, signal }: { readonly view: View; readonly signal: AbortSignal },
): Promise<readonly QueryRow[]> {
  const filters = {
    ...(view.service.length > 0 && { service_name: view.service }),
    ...(view.provider.length > 0 && { provider: view.provider }),
    ...(view.model.length > 0 && { model: view.model }),
  }
  const times = { since: new Date(sinceMs).toISOString(), until: new Date(untilMs).toISOString() }
  const { rows } = await postJson<{ rows: readonly QueryRow[] }>('/v1/query', { ...asked, filters, ...times }, signal)
  return rows
}

export const toNumber = (value: string | number | null | undefined): number | null =>
  typeof value === 'number' ? value : null

const microPerUsd = 1_000_000

export function toUsd(micro: string | number | null | undefined): number | null {
  const number = toNumber(micro)
  return number === null ? null : number / microPerUsd
}
