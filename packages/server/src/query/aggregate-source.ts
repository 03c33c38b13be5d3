/** What /v1/query asks of the store. */
import type { Amount as PanelAmount } from '@inferometer/core/panels/terms'

export type Dimension =
  | 'serviceName'
  | 'provider'
  | 'model'
  | 'operation'
  | 'status'
  | 'errorType'
  | 'finishReason'
  | 'userId'
  | 'sessionId'
  | 'tag'
  | 'source'
  | 'usageSource'
  | 'requestModel'
  | 'responseModel'
  | 'priceVersion'
  | 'errorCode'
  | 'finishReasonRaw'
  | 'requestId'
  | 'responseId'
  | 'httpStatus'
  | 'findingKind'
  | 'pattern'

export type Amount = Exclude<PanelAmount, 'costUsd'> | 'cancelledCalls' | 'retries' | 'costNanoUsd'
type Duration = 'latencyMs' | 'ttftMs' | 'timePerOutputTokenMs'

export type Measure =
  | { readonly kind: 'amount'; readonly of: Amount }
  | { readonly kind: 'quantile'; readonly of: Duration; readonly quantile: number }
  | { readonly kind: 'average'; readonly of: Duration }

/** Times in microseconds since the Unix epoch. */
export interface AggregateRequest {
  readonly measures: readonly Measure[]
  readonly by: readonly Dimension[]
  readonly where: readonly { readonly dimension: Dimension; readonly oneOf: readonly (string | null)[] }[]
  readonly sinceUs: number | null
  readonly untilUs: number | null
  readonly stepUs: number | null
  /** The greatest of the measure with this index first. */
  readonly orderBy: number
  readonly limit: number
}

export interface AggregateRow {
  readonly timeUs: number | null
  readonly key: readonly (string | null)[]
  readonly values: readonly (number | null)[]
}

export interface AggregateSource {
  aggregate(request: AggregateRequest): Promise<readonly AggregateRow[]>
}
