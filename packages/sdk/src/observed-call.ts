import {
  createCall,
  type ErrorType,
  type FinishReason,
  type LlmCall,
  type Message,
  type Operation,
} from '@inferometer/core/call'
import { isBlocked } from './blocked-error.ts'
import { type ContentKeeper, createContentKeeper } from './content-keeper.ts'
import { classifyFailure } from './failure.ts'
import { readParentSpan } from './parent-span.ts'
import type { Runtime } from './runtime.ts'
import type { Safety } from './safety-policy.ts'
import { randomSpanId, randomTraceId } from './span-ids.ts'
import { getRuntime } from './state.ts'

/** Describes a call that the hooks cannot see. */
export interface CallOptions {
  provider: string
  model?: string
  /** Default `chat`. */
  operation?: Operation
  input?: readonly Message[] | string
  /** In the place of the one that `start` was given. A policy that blocks does so where `input` is known before the call. */
  safety?: Safety
}

/** Token totals, subsets included. What is left out is not known. */
export interface TokenUsage {
  inputTokens?: number
  outputTokens?: number
  cacheReadTokens?: number
  cacheWriteTokens?: number
  reasoningTokens?: number
}

export interface Answer {
  model?: string
  id?: string
  requestId?: string
  finishReason?: FinishReason
  /** Kept as the content policy says. */
  output?: string
}

/** Fills in what is learned while a call runs. The last value counts. */
export interface CallRecorder {
  setUsage(usage: TokenUsage): void
  setAnswer(answer: Answer): void
  /** Throws a BlockedError where the policy does not let it out. */
  setInput(input: readonly Message[] | string): void
  /** The first content token is here. Only the first time counts. */
  firstToken(): void
  /** The call failed though the function does not throw. */
  fail(errorType: ErrorType, message?: string): void
}

export type Prompt = readonly Message[] | string

export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'thrown'; readonly error: unknown }

/** Null: nothing is recorded. */
export function openCall(options: CallOptions, streaming: boolean): ObservedCall | null {
  const runtime = getRuntime()
  return runtime === null ? null : new ObservedCall(runtime, options, streaming)
}

/** One call that the application tells of, from its start to its end. */
export class ObservedCall implements CallRecorder {
  readonly #runtime: Runtime
  readonly #options: CallOptions
  readonly #streaming: boolean
  readonly #startMs: number
  readonly #startUs: number
  readonly #context
  readonly #parent
  readonly #content: ContentKeeper
  #usage: TokenUsage = {}
  #answer: Answer = {}
  #input: CallOptions['input']
  #firstMs: number | null = null
  #failure: { readonly type: ErrorType; readonly message: string | null } | null = null
  #finished = false

  constructor(runtime: Runtime, options: CallOptions, streaming: boolean) {
    this.#runtime = runtime
    this.#options = options
    this.#streaming = streaming
    this.#input = options.input
    this.#startMs = runtime.clock.nowMs()
    this.#startUs = runtime.clock.epochUs()
    this.#context = runtime.context.get()
    this.#parent = readParentSpan()
    const { safety } = options
    this.#content = safety === undefined ? runtime.content : createContentKeeper({ ...runtime.config, safety })
  }

  setUsage(usage: TokenUsage): void {
    this.#usage = { ...this.#usage, ...usage }
  }

  setAnswer(answer: Answer): void {
    this.#answer = { ...this.#answer, ...answer }
  }

  setInput(input: Prompt): void {
    this.#input = input
    this.checkInput()
  }

  readInput(read: () => Prompt): void {
    this.read(() => {
      this.#input = read()
    })
  }

  /** Throws where the policy does not let the prompt out: for the application, not for the guard. */
  checkInput(): void {
    const safety = this.#options.safety ?? this.#runtime.config.safety
    if (safety?.blocks !== true) return
    let error: Error | null = null
    this.read(() => {
      error = safety.check(toMessages(this.#input) ?? [])
    })
    if (error !== null) throw error
  }

  firstToken(): void {
    this.#firstMs ??= this.#runtime.clock.nowMs()
  }

  fail(errorType: ErrorType, message?: string): void {
    this.#failure = { type: errorType, message: message ?? null }
  }

  /** Runs what the application gave to read a result: its mistakes are counted, not passed on. */
  read(action: () => void): void {
    this.#runtime.guard.run(action)
  }

  finish(outcome: Outcome): void {
    if (this.#finished) return
    this.#finished = true
    this.#runtime.guard.run(() => this.#content.settle(this.#toCall(outcome), this.#runtime.record))
  }

  #toCall(outcome: Outcome): LlmCall {
    const { config, clock } = this.#runtime
    const content = this.#content
    const options = this.#options
    const known = this.#usage.inputTokens !== undefined || this.#usage.outputTokens !== undefined
    return createCall({
      traceId: this.#parent?.traceId ?? randomTraceId(),
      spanId: randomSpanId(),
      parentSpanId: this.#parent?.spanId ?? null,
      serviceName: config.serviceName,
      operation: options.operation ?? 'chat',
      provider: options.provider,
      requestModel: options.model ?? null,
      responseModel: this.#answer.model ?? null,
      responseId: this.#answer.id ?? null,
      requestId: this.#answer.requestId ?? null,
      finishReason: this.#answer.finishReason ?? null,
      finishReasonRaw: this.#answer.finishReason ?? null,
      startTimeUs: this.#startUs,
      latencyMs: clock.nowMs() - this.#startMs,
      ttftMs: this.#firstMs === null ? null : this.#firstMs - this.#startMs,
      streaming: this.#streaming,
      ...this.#readResult(outcome, content),
      ...readUsage(this.#usage),
      usageSource: known ? 'provider' : 'missing',
      userId: this.#context.userId ?? null,
      sessionId: this.#context.sessionId ?? null,
      tags: this.#context.tags ?? [],
      content: content.keeps ? content.keep(toMessages(this.#input), this.#answer.output ?? null) : null,
      source: 'inferometer-sdk',
    })
  }

  #readResult(
    outcome: Outcome,
    content: ContentKeeper,
  ): Pick<LlmCall, 'status' | 'errorType' | 'errorCode' | 'errorMessage'> {
    if (this.#failure !== null) {
      const { type, message } = this.#failure
      return { status: 'error', errorType: type, errorCode: null, errorMessage: content.keepText(message) }
    }
    if (outcome.kind === 'done') return { status: 'success', errorType: null, errorCode: null, errorMessage: null }
    if (outcome.kind === 'cancelled')
      return { status: 'cancelled', errorType: 'cancelled', errorCode: null, errorMessage: null }
    const { type, code, message } = classifyFailure(outcome.error, 'nobody')
    if (type === 'cancelled') return { status: 'cancelled', errorType: type, errorCode: null, errorMessage: null }
    // An error that names no network reason may be anything.
    const errorType = isBlocked(outcome.error) ? 'blocked' : type === 'connection' && code === null ? 'other' : type
    return { status: 'error', errorType, errorCode: content.keepCode(code), errorMessage: content.keepText(message) }
  }
}

function readUsage(usage: TokenUsage): Required<{ [Name in keyof TokenUsage]: number | null }> {
  return {
    inputTokens: usage.inputTokens ?? null,
    outputTokens: usage.outputTokens ?? null,
    cacheReadTokens: usage.cacheReadTokens ?? null,
    cacheWriteTokens: usage.cacheWriteTokens ?? null,
    reasoningTokens: usage.reasoningTokens ?? null,
  }
}

function toMessages(input: CallOptions['input']): readonly Message[] | null {
  if (input === undefined) return null
  return typeof input === 'string' ? [{ role: 'user', text: input }] : input
}
