/** OpenTelemetry attribute names that are written or read. Names of ours start with `inferometer.`. */

export const attribute = {
  serviceName: 'service.name',
  errorType: 'error.type',
  httpStatus: 'http.response.status_code',
  resendCount: 'http.request.resend_count',
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  finishReasons: 'gen_ai.response.finish_reasons',
  requestStream: 'gen_ai.request.stream',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_creation.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  sessionId: 'session.id',
  userId: 'user.id',
  status: 'inferometer.status',
  errorKind: 'inferometer.error.kind',
  errorCode: 'inferometer.error.code',
  errorMessage: 'inferometer.error.message',
  finishReasonRaw: 'inferometer.finish_reason.raw',
  ttftMs: 'inferometer.ttft_ms',
  stallCount: 'inferometer.stream.stall_count',
  stallMs: 'inferometer.stream.stall_ms',
  stalls: 'inferometer.stream.stalls',
  usageSource: 'inferometer.usage.source',
  requestId: 'inferometer.request.id',
  toolCalls: 'inferometer.tool_calls',
  tags: 'inferometer.tags',
  findings: 'inferometer.findings',
  costNanoUsd: 'inferometer.cost.nano_usd',
  priceVersion: 'inferometer.price.version',
  reportedCostNanoUsd: 'inferometer.reported_cost.nano_usd',
  source: 'inferometer.source',
  attemptStartMs: 'inferometer.attempt.start_ms',
  attemptDurationMs: 'inferometer.attempt.duration_ms',
  attemptWaitMs: 'inferometer.attempt.wait_ms',
  eventName: 'event.name',
  latencyMs: 'inferometer.latency_ms',
  contentLeftOutBytes: 'inferometer.content.left_out_bytes',
  contentPieces: 'inferometer.content.pieces',
  contentPiece: 'inferometer.content.piece',
  contentSide: 'inferometer.content.side',
  contentRole: 'inferometer.content.role',
  contentMessage: 'inferometer.content.message',
} as const

/** Span event, one per HTTP attempt of the call, in order. */
export const attemptEvent = 'inferometer.attempt'

/** Log record, one per call; and one per piece of content that is too large to be its attribute. */
export const callEvent = 'inferometer.call'
export const callContentEvent = 'inferometer.call.content'

/** Instrumentation scope of spans that carry a whole LlmCall. */
export const sdkScope = '@inferometer/sdk'
