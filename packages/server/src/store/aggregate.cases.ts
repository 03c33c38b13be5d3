import type { LlmCall } from '@inferometer/core/call'
import { expect } from 'vitest'
import type { AggregateRequest, AggregateRow, Measure } from './aggregate.ts'
import { makeCall, startUs } from './sample-calls.cases.ts'

export const everyCall: AggregateRequest = {
  measures: [{ kind: 'amount', of: 'calls' }],
  by: [],
  where: [],
  sinceUs: null,
  untilUs: null,
  stepUs: null,
  orderBy: 0,
  limit: 1_000,
}

const amountsOf = (...names: Extract<Measure, { kind: 'amount' }>['of'][]): Measure[] =>
  names.map((of) => ({ kind: 'amount', of }))
const row = (key: AggregateRow['key'], ...values: AggregateRow['values']): AggregateRow => ({
  timeUs: null,
  key,
  values,
})
const secondUs = 1_000_000
const at = (second: number, ...rest: [AggregateRow['key'], ...AggregateRow['values']]): AggregateRow => ({
  ...row(...rest),
  timeUs: startUs + second * secondUs,
})

/** Started at seconds 1 to 6, with latencies of 101 to 106 ms. */
const calls: readonly LlmCall[] = [
  ...[1, 2, 3].map((number) =>
    makeCall(number, { inputTokens: 10, outputTokens: 5, costNanoUsd: 7, tags: ['a', 'b'] }),
  ),
  makeCall(4, {
    status: 'error',
    finishReason: 'length',
    httpStatus: 500,
    inputTokens: 1,
    ttftMs: 4,
    userId: 'it\'s "4"',
  }),
  makeCall(5, {
    requestModel: null,
    status: 'cancelled',
    streaming: true,
    ttftMs: 5,
    outputTokens: 11,
    attempts: [500, null].map((httpStatus) => ({ startMs: 0, durationMs: 1, waitMs: 0, httpStatus, errorType: null })),
    retryCount: 1,
    tags: ['b', 'b'],
  }),
  makeCall(6, {
    requestModel: null,
    responseModel: 'model-2',
    status: 'error',
    errorType: 'timeout',
    // Without a first token nothing is known of the time per token.
    streaming: true,
    outputTokens: 3,
    findings: [
      { kind: 'pii', pattern: 'email', start: 0, end: 1 },
      { kind: 'pii', pattern: '"kind":"injection"', start: 0, end: 1 },
    ],
  }),
]

const quantiles: Measure[] = [0, 0.5, 0.99].map((quantile) => ({ kind: 'quantile', of: 'latencyMs', quantile }))
const perToken: Measure = { kind: 'quantile', of: 'timePerOutputTokenMs', quantile: 0.5 }
const ttft: Measure = { kind: 'average', of: 'ttftMs' }

export const aggregateCases: {
  readonly calls: readonly LlmCall[]
  readonly answers: readonly { readonly request: Partial<AggregateRequest>; readonly rows: readonly AggregateRow[] }[]
} = {
  calls,
  answers: [
    { request: {}, rows: [row([], 6)] },
    {
      request: { measures: amountsOf('calls', 'inputTokens', 'outputTokens', 'costNanoUsd'), by: ['model'] },
      rows: [row(['model-1'], 4, 31, 15, 21), row(['model-2'], 1, null, 3, null), row(['unknown'], 1, null, 11, null)],
    },
    {
      request: {
        measures: amountsOf('failedCalls', 'cancelledCalls', 'retriedCalls', 'errors', 'attempts', 'retries'),
      },
      rows: [row([], 2, 1, 1, 3, 3, 1)],
    },
    {
      request: { measures: amountsOf('findings', 'piiCalls', 'injectionCalls', 'unpricedCalls', 'usageMissingCalls') },
      rows: [row([], 2, 1, 0, 3, 3)],
    },
    { request: { measures: quantiles }, rows: [row([], 101, 103.5, expect.closeTo(105.95, 9))] },
    { request: { measures: [perToken, ttft] }, rows: [row([], 10, 4.5)] },
    {
      request: { by: ['errorType'] },
      rows: [row([null], 3), row(['cancelled'], 1), row(['other'], 1), row(['timeout'], 1)].sort(
        (one, other) => (other.values[0] ?? 0) - (one.values[0] ?? 0),
      ),
    },
    {
      request: { measures: amountsOf('finishedCalls', 'rateLimitedAttempts') },
      rows: [row([], 1, 0)],
    },
    {
      request: { measures: amountsOf('attempts', 'rateLimitedAttempts'), by: ['httpStatus', 'status'] },
      rows: [row(['500', 'cancelled'], 1, 0), row(['500', 'error'], 1, 0), row(['none', 'cancelled'], 1, 0)],
    },
    {
      request: { measures: amountsOf('findings'), by: ['findingKind', 'pattern', 'model'] },
      rows: [row(['pii', '"kind":"injection"', 'model-2'], 1), row(['pii', 'email', 'model-2'], 1)],
    },
    {
      request: { measures: amountsOf('findings', 'calls'), by: ['findingKind'] },
      rows: [row(['pii'], 2, 1)],
    },
    { request: { where: [{ dimension: 'pattern', oneOf: ['email', 'iban'] }] }, rows: [row([], 1)] },
    { request: { where: [{ dimension: 'httpStatus', oneOf: ['none'] }] }, rows: [row([], 1)] },
    { request: { by: ['tag'] }, rows: [row(['b'], 4), row(['a'], 3), row([null], 2)] },
    { request: { where: [{ dimension: 'tag', oneOf: ['b', 'nothing'] }] }, rows: [row([], 4)] },
    { request: { where: [{ dimension: 'tag', oneOf: ['a', null] }] }, rows: [row([], 5)] },
    { request: { where: [{ dimension: 'userId', oneOf: ['it\'s "4"'] }] }, rows: [row([], 1)] },
    { request: { where: [{ dimension: 'userId', oneOf: [null] }] }, rows: [row([], 5)] },
    { request: { where: [{ dimension: 'model', oneOf: ["' OR 1=1 --"] }] }, rows: [] },
    { request: { where: [{ dimension: 'model', oneOf: [] }] }, rows: [] },
    {
      request: {
        where: [
          { dimension: 'status', oneOf: ['error'] },
          { dimension: 'errorType', oneOf: ['timeout', 'other'] },
        ],
      },
      rows: [row([], 2)],
    },
    { request: { sinceUs: startUs + 2 * secondUs, untilUs: startUs + 4 * secondUs }, rows: [row([], 2)] },
    {
      request: { stepUs: 2 * secondUs, by: ['status'] },
      rows: [
        at(0, ['success'], 1),
        at(2, ['success'], 2),
        at(4, ['cancelled'], 1),
        at(4, ['error'], 1),
        at(6, ['error'], 1),
      ],
    },
    {
      request: { measures: [...amountsOf('calls'), ...quantiles], by: ['model'], orderBy: 1, limit: 2 },
      rows: [row(['model-2'], 1, 106, 106, 106), row(['unknown'], 1, 105, 105, 105)],
    },
  ],
}
