import {
  createCall,
  type ErrorType,
  type FinishReason,
  type LlmCall,
  type Message,
  type Operation,
} from '@inferometer/core/call'
import type { ContentKeeper } from './content-keeper.ts'
import { classifyFailure } from './failure.ts'
import { readParentSpan } from './parent-span.ts'
import type { Runtime } from './runtime.ts'
import { randomSpanId, randomTraceId } from './span-ids.ts'
import { getRuntime } from './state.ts'

/** Describes a call that the hooks cannot see. */
export interface CallOptions {
  provider: string
  model?: string
  /** Default `chat`. */
  operation?: Operation
  input?: readonly Message[] | string
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
  setInput(input: readonly Message[] | string): void
  /** The first content token is here. Only the first time counts. */
  firstToken(): void
  /** The call failed though the function does not throw. */
  fail(errorType: ErrorType, message?: string): void
}

export interface ObserveOptions<Result> extends CallOptions {
  /** Reads usage and answer from what the function gave. */
  read?: (result: Result, call: CallRecorder) => void
}

export interface StreamOptions<Item> extends CallOptions {
  /** Reads each item; `call.firstToken()` is up to it. Without it the first item is the first token. */
  read?: (item: Item, call: CallRecorder) => void
}

/** A function that does the same and is recorded as a model call each time. */
export function observe<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
  options: ObserveOptions<Awaited<Result>>,
): (...args: Args) => Result {
  const { read } = options
  return function (this: unknown, ...args: Args): Result {
    return record(options, (call, settle) => {
      const result = fn.apply(this, args)
      return settle(result, (value) => read?.(value, call))
    })
  }
}

/** Runs the action and records it as one model call. */
export function withCall<Result>(options: CallOptions, action: (call: CallRecorder) => Result): Result {
  return record(options, (call, settle) => settle(action(call), () => undefined))
}

/** The same items; recorded as one streamed model call from the first `next` to the end, a `break` or an error. */
export function wrapStream<Item>(stream: AsyncIterable<Item>, options: StreamOptions<Item>): AsyncIterable<Item> {
  return {
    async *[Symbol.asyncIterator]() {
      const call = openCall(options, true)
      let outcome: Outcome = { kind: 'cancelled' }
      try {
        for await (const item of stream) {
          call?.read(() => (options.read ? options.read(item, call) : call.firstToken()))
          yield item
        }
        outcome = { kind: 'done' }
      } catch (error) {
        outcome = { kind: 'thrown', error }
        throw error
      } finally {
        call?.finish(outcome)
      }
    },
  }
}

type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'thrown'; readonly error: unknown }
type Settle = <Result>(result: Result, read: (value: Awaited<Result>) => void) => Result

function record<Result>(options: CallOptions, action: (call: CallRecorder, settle: Settle) => Result): Result {
  const open = openCall(options, false)
  if (open === null) return action(noRecorder, (result) => result)
  const fail = (error: unknown) => open.finish({ kind: 'thrown', error })
  const settle: Settle = (result, read) => {
    const done = (value: Awaited<typeof result>) => {
      open.read(() => read(value))
      open.finish({ kind: 'done' })
    }
    // The caller gets its own promise, which may be more than a promise.
    if (isThenable(result)) result.then((value) => done(value as Awaited<typeof result>), fail)
    else done(result as Awaited<typeof result>)
    return result
  }
  try {
    return action(open, settle)
  } catch (error) {
    fail(error)
    throw error
  }
}

function isThenable(
  value: unknown,
): value is { then(done: (value: unknown) => void, fail: (error: unknown) => void): void } {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

const nothing = () => undefined
const noRecorder: CallRecorder = {
  setUsage: nothing,
  setAnswer: nothing,
  setInput: nothing,
  firstToken: nothing,
  fail: nothing,
}

function openCall(options: CallOptions, streaming: boolean): OpenCall | null {
  const runtime = getRuntime()
  return runtime === null ? null : new OpenCall(runtime, options, streaming)
}

class OpenCall implements CallRecorder {
  readonly #runtime: Runtime
  readonly #options: CallOptions
  readonly #streaming: boolean
  readonly #startMs: number
  readonly #startUs: number
  readonly #context
  readonly #parent
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
  }

  setUsage(usage: TokenUsage): void {
    this.#usage = { ...this.#usage, ...usage }
  }

  setAnswer(answer: Answer): void {
    this.#answer = { ...this.#answer, ...answer }
  }

  setInput(input: readonly Message[] | string): void {
    this.#input = input
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
    this.#runtime.guard.run(() => this.#runtime.record(this.#toCall(outcome)))
  }

  #toCall(outcome: Outcome): LlmCall {
    const { config, clock, content } = this.#runtime
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
    const errorType = type === 'connection' && code === null ? 'other' : type
    return { status: 'error', errorType, errorCode: code, errorMessage: content.keepText(message) }
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
