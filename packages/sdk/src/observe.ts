import { type CallOptions, type CallRecorder, type Outcome, openCall, type Prompt } from './observed-call.ts'

export type { Answer, CallOptions, CallRecorder, TokenUsage } from './observed-call.ts'

export interface ObserveOptions<Result, Args extends unknown[] = unknown[]> extends CallOptions {
  /** Reads the prompt from what the function is called with, before it runs. */
  readInput?: (...args: Args) => Prompt
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
  options: ObserveOptions<Awaited<Result>, Args>,
): (...args: Args) => Result {
  const { read, readInput } = options
  return function (this: unknown, ...args: Args): Result {
    const run: Action<Result> = (call, settle) => {
      const result = fn.apply(this, args)
      return settle(result, (value) => read?.(value, call))
    }
    return record(options, run, readInput && (() => readInput(...args)))
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
        call?.checkInput()
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

type Settle = <Result>(result: Result, read: (value: Awaited<Result>) => void) => Result

type Action<Result> = (call: CallRecorder, settle: Settle) => Result

function record<Result>(options: CallOptions, action: Action<Result>, readInput?: () => Prompt): Result {
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
    if (readInput !== undefined) open.readInput(readInput)
    open.checkInput()
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
