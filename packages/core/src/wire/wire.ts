/**
 * What every provider wire format answers: which model call a request is, and what its response says.
 * Pure: bytes in, parts of an LlmCall out. `detectCall` (detect.ts) picks the format.
 */
import type { ErrorType, FinishReason, Message, Operation, ToolCall } from '../call.ts'

/** Looks a header up by lower-case name. Null when absent. */
export type HeaderLookup = (name: string) => string | null

export interface WireRequest {
  readonly method: string
  readonly url: URL
  readonly headers: HeaderLookup
  /** The request's JSON text. Null when it cannot be read (a stream, a form). */
  readonly body: string | null
}

export interface WireResponse {
  readonly status: number
  readonly headers: HeaderLookup
}

export interface ReadOptions {
  /** Keep the answer's text and tool arguments. Off, only numbers, names and ids are read and a stream is skimmed. */
  readonly content: boolean
}

/** A request recognised as a model call. */
export interface DetectedCall {
  /** Name of the wire format, e.g. `openai.chat`. */
  readonly format: string
  readonly provider: string
  readonly operation: Operation
  readonly requestModel: string | null
  /** The request asks for a streamed answer. */
  readonly streaming: boolean
  /** End-user id that the request itself carries (`user`, `metadata.user_id` …). */
  readonly userId: string | null
  /** The request's messages as text, for content, scanning and local token counts. Computed on demand. */
  readonly readInput: () => readonly Message[]
  readonly openResponse: (response: WireResponse, options: ReadOptions) => ResponseReader
}

/**
 * Reads one response, whole or streamed, in pieces of any size. Never throws on any bytes: what cannot be
 * understood leaves fields null. The reader may keep references to pushed chunks until `end`; they must not be changed.
 */
export interface ResponseReader {
  push(chunk: Uint8Array): void
  /**
   * In place of every `push`, for a whole answer that somebody has parsed already. What matters is read at once: the value may be
   * changed afterwards.
   */
  readWhole(value: unknown): void
  /** True once a content token (text, reasoning, tool argument, refusal, audio) has been pushed. Stays false for whole JSON answers until `end`. */
  readonly contentSeen: boolean
  /**
   * Whether all of a stream that matters is here: its last event, or an error in its place. For streams that an application leaves
   * there without reading to the end. Looks through everything pushed so far, so ask rarely. False for whole answers.
   */
  hasEnded(): boolean
  /** Call once, after the last chunk or when the stream broke off. */
  end(): ResponseParts
  /**
   * Everything the model wrote (text, reasoning, tool arguments of all choices), for a local token count when the provider sent none.
   * Call after `end`; works with `content: false`, too, at the cost of a second, full reading. Null when the answer was too long to keep.
   */
  readOutput(): string | null
}

/** What a response says. Null: the provider sent no such field. Token totals include their subsets. */
export interface ResponseParts {
  readonly responseModel: string | null
  readonly responseId: string | null
  readonly requestId: string | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly cacheReadTokens: number | null
  readonly cacheWriteTokens: number | null
  readonly reasoningTokens: number | null
  /** What the provider says it charges, integer nano-dollars. */
  readonly reportedCostNanoUsd: number | null
  /** Of the first choice. */
  readonly finishReason: FinishReason | null
  readonly finishReasonRaw: string | null
  /** One per choice, in choice order. */
  readonly finishReasonsRaw: readonly string[]
  readonly status: 'success' | 'error'
  readonly errorType: ErrorType | null
  /** The provider's error type string; else its code; else the HTTP status as text. */
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly toolCalls: readonly ToolCall[]
  /** Text of the first choice. Null when content is not kept or there is none. */
  readonly outputText: string | null
  /** The answer came as a stream (by content type or by its bytes), whatever was asked for. */
  readonly streamed: boolean
  /** The terminal event arrived. Null for whole answers. */
  readonly streamComplete: boolean | null
}
