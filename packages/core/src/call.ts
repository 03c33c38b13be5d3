/**
 * `LlmCall`: the one record that everything becomes. The SDK makes it from watched traffic, the server's
 * normalisers make it from anybody's spans, and metrics, store, traces and logs are made from it.
 *
 * Null means "not known", never zero. Token counts are totals with subsets:
 * cacheRead ⊂ input, cacheWrite ⊂ input, reasoning ⊂ output.
 */

/** What was asked of the model. `other` is traffic to a provider that is not a model call and is never recorded. */
export type Operation = 'chat' | 'text_completion' | 'embeddings'

/** `cancelled`: the application stopped waiting (abort, early break); neither a success nor an error. */
export type CallStatus = 'success' | 'error' | 'cancelled'

/**
 * The bounded set of error types that becomes a metric label. `blocked`: the sender's policy did not let the call out. The provider's own word is kept in `errorCode`.
 */
export const errorTypes = [
  'rate_limit',
  'timeout',
  'overloaded',
  'auth',
  'invalid_request',
  'content_filter',
  'connection',
  'cancelled',
  'blocked',
  'server',
  'other',
] as const
export type ErrorType = (typeof errorTypes)[number]

/** Normalised finish reasons, in OpenAI's spelling. The provider's own word is kept in `finishReasonRaw`. */
export const finishReasons = ['stop', 'length', 'tool_calls', 'content_filter', 'error', 'other'] as const
export type FinishReason = (typeof finishReasons)[number]

/** Where the token counts come from. `estimated`: counted locally because the provider sent none. */
export type UsageSource = 'provider' | 'estimated' | 'missing'

/** One HTTP request of a call. A call that needed no retry has exactly one. */
export interface Attempt {
  /** Milliseconds from the start of the call to the start of this attempt. */
  readonly startMs: number
  /** Milliseconds from the start of this attempt to its last byte or its failure. */
  readonly durationMs: number
  /** Milliseconds the client library waited between the end of the attempt before and the start of this one. */
  readonly waitMs: number
  /** Null when no response arrived. */
  readonly httpStatus: number | null
  readonly errorType: ErrorType | null
}

/** A gap between content chunks of a stream that is longer than the stall threshold. */
export interface Stall {
  /** Milliseconds from the start of the call to the chunk before the gap. */
  readonly startMs: number
  readonly durationMs: number
}

export interface ToolCall {
  readonly id: string | null
  readonly name: string
  /** JSON text as the model wrote it. Content: null unless the content policy keeps it. */
  readonly arguments: string | null
}

export type FindingKind = 'pii' | 'injection' | 'shadow'

/** A match of the scanner. Offsets are UTF-16 code units in the scanned text; the matched text itself is never kept. */
export interface Finding {
  /** `shadow`: of a pattern that is being tried out; counted, and nothing is done about it. */
  readonly kind: FindingKind
  readonly pattern: string
  readonly start: number
  readonly end: number
}

export interface Message {
  readonly role: string
  readonly text: string
}

/** Prompts and answers. Present only when the content policy is `redacted` or `full`. */
export interface Content {
  readonly input: readonly Message[] | null
  readonly output: string | null
}

export interface LlmCall {
  /** 32 lower-case hex digits. */
  readonly traceId: string
  /** 16 lower-case hex digits. (traceId, spanId) identifies the call: the same pair is recorded once. */
  readonly spanId: string
  readonly parentSpanId: string | null
  readonly serviceName: string
  readonly operation: Operation
  /** OpenTelemetry `gen_ai.provider.name` where one is defined (`openai`, `aws.bedrock` …), else the provider's own name. */
  readonly provider: string
  readonly requestModel: string | null
  readonly responseModel: string | null
  /** Start of the first attempt's request, integer microseconds since the Unix epoch. */
  readonly startTimeUs: number
  /** From the start of the first attempt's request to the last byte, milliseconds. */
  readonly latencyMs: number
  /** From the same start to the first content token, milliseconds. Null when none was seen. */
  readonly ttftMs: number | null
  readonly streaming: boolean
  /** Gaps between content chunks longer than the stall threshold, and the time lost in them. Null when not a watched stream. */
  readonly stallCount: number | null
  readonly stallMs: number | null
  /** Each of them, the first `maxStalls` in order; empty when there was none, or the source tells only how many. */
  readonly stalls: readonly Stall[]
  readonly status: CallStatus
  readonly errorType: ErrorType | null
  /** The provider's own error type or code, as sent. */
  readonly errorCode: string | null
  /** Content: may quote the prompt, so it follows the content policy. */
  readonly errorMessage: string | null
  /** Status of the last attempt's response. */
  readonly httpStatus: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly cacheReadTokens: number | null
  readonly cacheWriteTokens: number | null
  readonly reasoningTokens: number | null
  readonly usageSource: UsageSource
  readonly finishReason: FinishReason | null
  readonly finishReasonRaw: string | null
  readonly responseId: string | null
  readonly requestId: string | null
  readonly toolCalls: readonly ToolCall[]
  /** Empty when the source cannot see attempts. */
  readonly attempts: readonly Attempt[]
  readonly retryCount: number
  readonly userId: string | null
  readonly sessionId: string | null
  readonly tags: readonly string[]
  /** Integer nano-dollars (10⁻⁹ USD). Null: no price known. Set by the server's enrich stage, or by the sender. */
  readonly costNanoUsd: number | null
  readonly priceVersion: string | null
  /** What the provider or the emitter says the call cost, integer nano-dollars. Kept beside `costNanoUsd`, never in its place. */
  readonly reportedCostNanoUsd: number | null
  readonly findings: readonly Finding[]
  readonly content: Content | null
  /** What saw the call: `inferometer-sdk`, `rest`, or the dialect of the instrumentation that sent the span. */
  readonly source: string
}

/**
 * Every field, though some are always given: an object spread over fewer fields gets a hidden class of its own in V8,
 * which makes a call forty times slower to create and four times slower to read.
 */
const unknownCall: LlmCall = {
  traceId: '',
  spanId: '',
  serviceName: '',
  operation: 'chat',
  provider: '',
  startTimeUs: 0,
  latencyMs: 0,
  source: '',
  parentSpanId: null,
  requestModel: null,
  responseModel: null,
  ttftMs: null,
  streaming: false,
  stallCount: null,
  stallMs: null,
  stalls: [],
  status: 'success',
  errorType: null,
  errorCode: null,
  errorMessage: null,
  httpStatus: null,
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  usageSource: 'missing',
  finishReason: null,
  finishReasonRaw: null,
  responseId: null,
  requestId: null,
  toolCalls: [],
  attempts: [],
  retryCount: 0,
  userId: null,
  sessionId: null,
  tags: [],
  costNanoUsd: null,
  priceVersion: null,
  reportedCostNanoUsd: null,
  findings: [],
  content: null,
}

type NeededField =
  | 'traceId'
  | 'spanId'
  | 'serviceName'
  | 'operation'
  | 'provider'
  | 'startTimeUs'
  | 'latencyMs'
  | 'source'

/** The fields no call can be without; everything else defaults to "not known". */
export type CallFields = Pick<LlmCall, NeededField> & Partial<LlmCall>

/** Makes a complete call: fields not given are null, empty, or the neutral value. */
export function createCall(fields: CallFields): LlmCall {
  return { ...unknownCall, ...fields }
}

/** End of the `source` of a call that only a log event told of: when it began and how long it took is not known. */
export const eventSourceSuffix = '-event'

/** Whether `latencyMs` was measured: of a call that was sent. */
export function hasLatency({ source, errorType }: Pick<LlmCall, 'source' | 'errorType'>): boolean {
  return !source.endsWith(eventSourceSuffix) && errorType !== 'blocked'
}

/** Label value of a model, provider or service that is not known. */
export const unknownLabel = 'unknown'

/** The model that names a call in metrics: the one asked for; else the one that answered. */
export function modelLabel(call: Pick<LlmCall, 'requestModel' | 'responseModel'>): string {
  return call.requestModel ?? call.responseModel ?? unknownLabel
}

/**
 * Milliseconds per output token after the first, of a stream whose first token and token count are known; null otherwise.
 * Fewer than two tokens have no time between them.
 */
export function timePerOutputTokenMs(call: Pick<LlmCall, 'latencyMs' | 'ttftMs' | 'outputTokens'>): number | null {
  if (call.ttftMs === null || call.outputTokens === null || call.outputTokens < 2) return null
  return Math.max(0, call.latencyMs - call.ttftMs) / (call.outputTokens - 1)
}
