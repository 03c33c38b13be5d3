import type { LlmCall } from '@inferometer/core/call'

/**
 * How a field is kept. `word`: text of few different values. `text`: text of many. `list`: JSON, NULL when empty.
 * `object`: JSON. Ids are kept as numbers: half the bytes of their hex, and a tenth of the time to read them at boot.
 */
export type ColumnKind =
  | 'traceId'
  | 'spanId'
  | 'time'
  | 'integer'
  | 'float'
  | 'boolean'
  | 'word'
  | 'text'
  | 'list'
  | 'object'

type KindOf<T> = T extends boolean
  ? 'boolean'
  : T extends number
    ? 'time' | 'integer' | 'float'
    : T extends string
      ? 'traceId' | 'spanId' | 'word' | 'text'
      : T extends readonly unknown[]
        ? 'list'
        : 'object'

/** Kept by field, so that a field of the record that is not stored does not compile. */
const kinds = {
  traceId: 'traceId',
  spanId: 'spanId',
  parentSpanId: 'spanId',
  serviceName: 'word',
  operation: 'word',
  provider: 'word',
  requestModel: 'word',
  responseModel: 'word',
  startTimeUs: 'time',
  latencyMs: 'float',
  ttftMs: 'float',
  streaming: 'boolean',
  stallCount: 'integer',
  stallMs: 'float',
  status: 'word',
  errorType: 'word',
  errorCode: 'word',
  errorMessage: 'text',
  httpStatus: 'integer',
  inputTokens: 'integer',
  outputTokens: 'integer',
  cacheReadTokens: 'integer',
  cacheWriteTokens: 'integer',
  reasoningTokens: 'integer',
  usageSource: 'word',
  finishReason: 'word',
  finishReasonRaw: 'word',
  responseId: 'text',
  requestId: 'text',
  toolCalls: 'list',
  attempts: 'list',
  retryCount: 'integer',
  userId: 'text',
  sessionId: 'text',
  tags: 'list',
  costNanoUsd: 'integer',
  priceVersion: 'word',
  findings: 'list',
  content: 'object',
  source: 'word',
  reportedCostNanoUsd: 'integer',
  stalls: 'list',
} as const satisfies { readonly [F in keyof LlmCall]-?: KindOf<NonNullable<LlmCall[F]>> }

export interface Column {
  readonly field: keyof LlmCall
  /** The field in snake_case; `start_time` drops its unit, because the type TIMESTAMP carries it. */
  readonly name: string
  readonly kind: ColumnKind
  /** What is kept of the call in place of the field's value. */
  readonly derive?: (call: LlmCall) => string
}

function toColumnName(field: string): string {
  if (field === 'startTimeUs') return 'start_time'
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** The columns that hold the record. */
export const columns: readonly Column[] = Object.entries(kinds).map(([field, kind]) => ({
  // Object.entries forgets the keys; `kinds` has exactly the fields of the record.
  field: field as keyof LlmCall,
  name: toColumnName(field),
  kind,
}))

/** A source that does not see attempts may know how the one it saw ended. */
function listStatuses({ attempts, httpStatus }: LlmCall): string {
  if (attempts.length > 0) return attempts.map((attempt) => attempt.httpStatus ?? 'none').join()
  return httpStatus === null ? '' : String(httpStatus)
}

/**
 * `attempts` as few different words: its JSON takes forty times as long to count in. Files have it after `stalls`, before
 * the fields that were added to the record since.
 */
const attemptStatuses: Column = { field: 'attempts', name: 'attempt_statuses', kind: 'word', derive: listStatuses }

/** All columns after `seq`, in the order of the table. */
export const tableColumns: readonly Column[] = columns.flatMap((column) =>
  column.field === 'stalls' ? [column, attemptStatuses] : [column],
)

export const sqlTypes: Readonly<Record<ColumnKind, string>> = {
  traceId: 'UUID',
  spanId: 'UBIGINT',
  time: 'TIMESTAMP',
  integer: 'BIGINT',
  float: 'DOUBLE',
  boolean: 'BOOLEAN',
  word: 'VARCHAR',
  text: 'VARCHAR',
  list: 'VARCHAR',
  object: 'VARCHAR',
}

const selections: Partial<Record<ColumnKind, (name: string) => string>> = {
  traceId: (name) => `replace(${name}::VARCHAR, '-', '')`,
  spanId: (name) => `lower(lpad(hex(${name}), 16, '0'))`,
  time: (name) => `epoch_us(${name})::DOUBLE`,
  integer: (name) => `${name}::DOUBLE`,
}

/** Selects `seq` and the record as text, doubles and booleans, as `readRows` expects them. */
export const selectedColumns: string = [
  'seq::DOUBLE',
  ...columns.map(({ name, kind }) => selections[kind]?.(name) ?? name),
].join(', ')
