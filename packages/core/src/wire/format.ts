import type { AnswerDraft } from './draft.ts'
import type { JsonObject } from './json.ts'
import type { TokenUsage } from './usage.ts'
import type { HeaderLookup } from './wire.ts'

/** How an answer of one wire format is read. */
export interface AnswerFormat {
  readonly name: string
  /** Reads a whole answer. */
  readonly readBody: (draft: AnswerDraft, body: JsonObject) => void
  /** Reads one event of a stream. `name` is the event's own name outside its data, empty when it has none. */
  readonly readEvent: (draft: AnswerDraft, event: JsonObject, name: string) => void
  readonly readUsage: (usage: JsonObject) => TokenUsage
  /**
   * Events that matter when content is not kept: an event is read if it holds one of these byte strings, each the end of a JSON key or
   * string value with its closing quote. A key whose value is null, false, "" or [] does not count, so such a value must change nothing
   * when the event is read in full. Null: every event matters.
   */
  readonly marks: readonly string[] | null
  /** Marks whose last event replaces what the ones before said, as running totals do. */
  readonly lastMarks?: readonly string[]
  /** Nothing more can be learned from the start of the stream than its first content brought. */
  readonly identified: (draft: AnswerDraft) => boolean
  /** A stream may come as JSON lines, or as the elements of one JSON array, without a content type that says so. */
  readonly streamShape?: 'lines' | 'array'
  /** The name of a finish reason that the API may also send as a number. */
  readonly nameFinishReason?: (raw: string) => string
  /** Counts in the response's headers, for what the body leaves out. */
  readonly readHeaders?: (headers: HeaderLookup) => TokenUsage
  /** Answers are vectors, which are not parsed. */
  readonly holdsVectors?: true
  /** AWS events that hold nothing but content. */
  readonly contentEvents?: readonly string[]
}
