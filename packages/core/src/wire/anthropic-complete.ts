import type { AnswerDraft } from './draft.ts'
import type { AnswerFormat } from './format.ts'
import type { JsonObject } from './json.ts'
import { toText } from './json.ts'
import { noUsage } from './usage.ts'

/** Anthropic's legacy text completions, which send no usage. A stream is a run of partial answers; the last one has the reason. */
export const anthropicComplete: AnswerFormat = {
  name: 'anthropic.complete',
  readBody: readCompletion,
  readEvent: readCompletion,
  readUsage: () => noUsage,
  marks: ['"stop_reason"', '"error"'],
  identified: (draft) => draft.model !== null && draft.id !== null,
}

export function readCompletion(draft: AnswerDraft, answer: JsonObject): void {
  if (answer.completion === undefined) return
  draft.identify(answer.model, answer.id)
  draft.addText(0, answer.completion)
  draft.finish(0, answer.stop_reason)
  if (toText(answer.stop_reason) !== null) draft.complete = true
}
