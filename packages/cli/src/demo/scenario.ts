/**
 * What the fake provider does with one request. Named in the address (`/s/<scenario>/v1/chat/completions`, for clients that
 * can only be given a base URL) or in the `x-fake-scenario` header, which wins.
 */

export type Problem = 'invalid_request' | 'auth' | 'rate_limit' | 'server' | 'overloaded'

export interface Scenario {
  /** Tokens read from, or written to, the provider's prompt cache. */
  readonly cache?: 'read' | 'write'
  readonly reasoning?: boolean
  readonly tools?: boolean
  /** Asks for the tool until the request carries its result; then answers in words. */
  readonly untilToolResult?: boolean
  readonly finish?: 'length' | 'content_filter'
  /** Answers with this problem: every time, or only the first time, so that a client's own retry gets through. */
  readonly problem?: Problem
  readonly once?: boolean
  /** One long silence in the middle of the stream. */
  readonly stall?: boolean
  /** The connection is cut in the middle of the answer. */
  readonly broken?: boolean
  /** The stream ends with an error event inside HTTP 200. */
  readonly streamError?: boolean
  /** No answer until the client gives up; with `once`, the next attempt gets through. */
  readonly hang?: boolean
}

export const scenarios = {
  plain: {},
  cached: { cache: 'read' },
  'cache-write': { cache: 'write' },
  reasoning: { reasoning: true },
  tools: { tools: true },
  agent: { tools: true, untilToolResult: true },
  length: { finish: 'length' },
  filter: { finish: 'content_filter' },
  stall: { stall: true },
  broken: { broken: true },
  'stream-error': { streamError: true },
  hang: { hang: true },
  'hang-once': { hang: true, once: true },
  'bad-request': { problem: 'invalid_request' },
  unauthorized: { problem: 'auth' },
  'server-error': { problem: 'server' },
  overloaded: { problem: 'overloaded' },
  'rate-limited': { problem: 'rate_limit' },
  'rate-limited-once': { problem: 'rate_limit', once: true },
  'server-error-once': { problem: 'server', once: true },
  'overloaded-once': { problem: 'overloaded', once: true },
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof scenarios

export function isScenarioName(name: string): name is ScenarioName {
  return Object.hasOwn(scenarios, name)
}

export const problemStatus: Record<Problem, number> = {
  invalid_request: 400,
  auth: 401,
  rate_limit: 429,
  server: 500,
  overloaded: 529,
}

export const problemMessage: Record<Problem, string> = {
  invalid_request: "Invalid value for 'temperature': expected a number between 0 and 2.",
  auth: 'Incorrect API key provided.',
  rate_limit: 'Rate limit reached: too many requests. Please try again shortly.',
  server: 'The server had an error while processing your request.',
  overloaded: 'The model is overloaded. Please try again later.',
}
