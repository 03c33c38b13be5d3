import type { LlmCall } from '@inferometer/core/call'
import type { TraceNode } from '@inferometer/core/trace-node'
import { anyCall, type CallFilter, type SearchRequest, type SortField, sortValues } from '../call-search.ts'
import { fullCall, makeCall, startUs } from './sample-calls.cases.ts'

export const newest = (limit: number): SearchRequest => ({
  filter: anyCall,
  sort: { by: 'seq', descending: true },
  after: null,
  offset: 0,
  limit,
  withContent: false,
})

// Object.keys forgets the keys.
export const sortFields = Object.keys(sortValues) as SortField[]

const attempt = (httpStatus: number | null) =>
  ({ startMs: 0, durationMs: 1, waitMs: 0, httpStatus, errorType: null }) as const

/** One of each kind, with texts that break whatever is put together from text. */
export const searchedCalls: readonly LlmCall[] = [
  ...[1, 2, 3].map((number) => makeCall(number, { latencyMs: 100, inputTokens: 10 * number, costNanoUsd: 7 })),
  makeCall(4, {
    status: 'error',
    errorType: 'rate_limit',
    httpStatus: 429,
    attempts: [attempt(500), attempt(429)],
    retryCount: 1,
    errorMessage: "no quota for 'Ünïcode' %_\\ left",
  }),
  makeCall(5, {
    requestModel: null,
    responseModel: 'model-2',
    attempts: [attempt(429), attempt(200)],
    httpStatus: 200,
    retryCount: 1,
    ttftMs: 12,
    tags: ['a', 'b'],
    userId: 'user-5',
    content: { input: [{ role: 'user', text: 'Where is my "order"?\nSoon' }], output: 'role model' },
  }),
  makeCall(6, {
    requestModel: null,
    status: 'cancelled',
    finishReason: 'stop',
    outputTokens: 3,
    findings: [{ kind: 'pii', pattern: 'email', start: 0, end: 1 }],
    content: { input: null, output: null },
    toolCalls: [{ id: null, name: 'find', arguments: '{"city":"Köln"}' }],
  }),
  makeCall(7, { findings: [{ kind: 'injection', pattern: '"kind":"pii"', start: 0, end: 1 }], sessionId: 'A' }),
  fullCall,
]

/** A step of an agent in the trace of the second call; the other speaks of one and is none. */
export const searchedNodes: readonly TraceNode[] = [
  { agentName: 'writer "one"', name: 'plan' },
  { agentName: null, name: '"agentName":"nobody"' },
].map(({ agentName, name }, index) => ({
  traceId: makeCall(2 + index).traceId,
  spanId: `a${index}`.padStart(16, '0'),
  parentSpanId: null,
  serviceName: 'checkout',
  kind: 'agent',
  name,
  startTimeUs: startUs,
  durationMs: 1,
  status: 'success',
  errorType: null,
  toolName: null,
  toolCallId: null,
  agentName,
  links: [],
  source: 'rest',
}))

const filters: readonly Partial<CallFilter>[] = [
  {},
  { where: [{ dimension: 'model', oneOf: ['model-2', 'model-1'] }] },
  {
    where: [
      { dimension: 'userId', oneOf: [null] },
      { dimension: 'status', oneOf: ['success'] },
    ],
  },
  { where: [{ dimension: 'tag', oneOf: ['b'] }] },
  { where: [{ dimension: 'serviceName', oneOf: [fullCall.serviceName] }] },
  { httpStatuses: [429] },
  { httpStatuses: [500, 200] },
  { httpStatuses: [404] },
  { traceId: makeCall(3).traceId },
  { hasRetries: true },
  { hasRetries: false },
  { findingKinds: ['pii'] },
  { findingKinds: ['pii', 'injection'] },
  { pattern: 'email' },
  { pattern: '"kind":"pii"' },
  { ranges: [{ of: 'latencyMs', least: 100, most: 104 }] },
  { ranges: [{ of: 'ttftMs', least: null, most: 12 }] },
  { ranges: [{ of: 'costNanoUsd', least: 8, most: null }] },
  { sinceUs: startUs + 2_000_000, untilUs: startUs + 4_000_000 },
  { afterSeq: 2, throughSeq: 5 },
  { streaming: true },
  { streaming: false },
  { tool: 'find' },
  { tool: 'look "up"' },
  { tool: 'city' },
  { agent: 'writer "one"' },
  { agent: 'nobody' },
  ...(
    ['source', 'usageSource', 'requestModel', 'priceVersion', 'errorCode', 'finishReasonRaw', 'responseId'] as const
  ).flatMap((dimension) => [fullCall[dimension], null].map((value) => ({ where: [{ dimension, oneOf: [value] }] }))),
  { ranges: [{ of: 'cacheReadTokens', least: 1, most: null }] },
  { ranges: [{ of: 'stallMs', least: null, most: 0 }] },
  ...[
    'role',
    'ORDER',
    '"order"?\n',
    'ünïcode',
    '%_\\',
    'köln',
    'city":"',
    'user',
    'input',
    '\u{1F600}',
    "'; --",
    '\0',
  ].map((text) => ({ text })),
]

export const searches: readonly SearchRequest[] = [
  ...filters.map((filter) => ({ ...newest(50), filter: { ...anyCall, ...filter } })),
  { ...newest(3), offset: 2 },
  { ...newest(50), withContent: true },
  { ...newest(2), offset: 100 },
  ...sortFields.flatMap((by) => [true, false].map((descending) => ({ ...newest(50), sort: { by, descending } }))),
]
