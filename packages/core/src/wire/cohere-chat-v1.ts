import type { AnswerDraft } from './draft.ts'
import type { AnswerFormat } from './format.ts'
import type { JsonObject } from './json.ts'
import { toJsonText, toObject, toObjects } from './json.ts'
import { readCohereUsage } from './usage.ts'

/** Cohere chat v1 and generate share their stream: lines of partial text, and a last one with the whole answer. */
const cohereV1 = {
  readEvent: readCohereEvent,
  readUsage: readCohereUsage,
  marks: ['"stream-end"', '"finish_reason"', '"tool_calls"', '"error"'],
  identified: () => true,
  streamShape: 'lines',
} as const

/** Source: https://docs.cohere.com/v1/reference/chat */
export const cohereChatV1: AnswerFormat = { ...cohereV1, name: 'cohere.chat-v1', readBody: readCohereAnswer }

/** Source: https://docs.cohere.com/v1/reference/generate */
export const cohereGenerate: AnswerFormat = { ...cohereV1, name: 'cohere.generate', readBody: readCohereAnswer }

/** Whole answers have their text at the top (chat) or in generations (generate). */
export function readCohereAnswer(draft: AnswerDraft, body: JsonObject): void {
  const generations = toObjects(body.generations)
  draft.identify(null, body.response_id ?? body.id ?? body.generation_id)
  draft.usage = toObject(body.meta)
  draft.addText(0, body.text)
  if (generations.length === 0) draft.finish(0, body.finish_reason)
  generations.forEach((generation, index) => {
    draft.addText(index, generation.text)
    draft.finish(index, generation.finish_reason)
  })
  toObjects(body.tool_calls).forEach((call, index) => {
    const tool = draft.tool(String(index))
    draft.nameTool(tool, call.id, call.name)
    draft.addArguments(tool, toJsonText(call.parameters))
    draft.awaitsTool = true
  })
}

export function readCohereEvent(draft: AnswerDraft, event: JsonObject): void {
  const response = toObject(event.response)
  if (event.is_finished === true || event.event_type === 'stream-end') {
    draft.complete = true
    if (response !== null) {
      draft.restart()
      readCohereAnswer(draft, response)
    }
    draft.finish(0, event.finish_reason)
  } else if (event.event_type === 'text-generation') draft.addText(0, event.text)
  else if (toObject(event.tool_call_delta) !== null) draft.contentSeen = true
  else if (event.event_type === 'tool-calls-chunk') draft.addAside(event.text)
}
