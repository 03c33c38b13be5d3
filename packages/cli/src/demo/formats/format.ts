/** What each provider wire format of the fake provider answers: how it reads a request and what it puts on the wire. */
import type { FinishReason } from '@inferometer/core/call'
import type { Answer, Asked } from '../answer.ts'
import type { JsonObject } from '../json.ts'
import type { Problem } from '../scenario.ts'

export interface Frame {
  readonly bytes: string | Uint8Array
  /** Carries a content token: paced. All others go out at once. */
  readonly token: boolean
}

export interface StreamedAnswer {
  readonly contentType: string
  readonly frames: readonly Frame[]
}

/** What an observer of the wire should conclude. Null: this format sends no such field. */
export interface Truth {
  readonly responseModel: string | null
  readonly responseId: string | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly cacheReadTokens: number | null
  readonly cacheWriteTokens: number | null
  readonly reasoningTokens: number | null
  readonly finishReason: FinishReason | null
  readonly finishReasonRaw: string | null
}

export interface ProblemAnswer {
  readonly headers?: Readonly<Record<string, string>>
  readonly body: JsonObject
}

export interface Format {
  /** The name that core/wire gives it. */
  readonly name: string
  matches(path: string): boolean
  read(body: JsonObject, path: string): Asked
  truth(answer: Answer, asked: Asked): Truth
  whole(answer: Answer, asked: Asked): JsonObject
  /** Null: the format cannot stream. */
  stream: ((answer: Answer, asked: Asked) => StreamedAnswer) | null
  fail(problem: Problem, message: string): ProblemAnswer
  /** An error event inside a stream of HTTP 200. Null: the format has none. */
  streamError: ((problem: Problem, message: string) => Frame) | null
  /** Response headers that carry the request's id. */
  headers(answer: Answer): Readonly<Record<string, string>>
}

export function token(bytes: string | Uint8Array): Frame {
  return { bytes, token: true }
}

export function lead(bytes: string | Uint8Array): Frame {
  return { bytes, token: false }
}

/** One server-sent event. */
export function sseEvent(data: unknown, event?: string): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`
}

export const eventStream = 'text/event-stream; charset=utf-8'

export const noTruth: Truth = {
  responseModel: null,
  responseId: null,
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  finishReason: null,
  finishReasonRaw: null,
}
