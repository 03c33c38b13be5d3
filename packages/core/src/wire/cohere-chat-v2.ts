import type { AnswerDraft } from './draft.ts'
import { readErrorMember } from './failure.ts'
import type { AnswerFormat } from './format.ts'
import type { JsonObject } from './json.ts'
import { toCount, toObject, toObjects, toText } from './json.ts'
import { readCohereUsage } from './usage.ts'

/** Cohere chat v2. Source: https://docs.cohere.com/v2/reference/chat-stream */
export const cohereChatV2: AnswerFormat = {
  name: 'cohere.chat-v2',
  readBody: readChat,
  readEvent: readChatEvent,
  readUsage: readCohereUsage,
  marks: ['"message-end"', '"tool-call-start"', '"error"'],
  identified: (draft) => draft.id !== null,
}

function readChat(draft: AnswerDraft, body: JsonObject): void {
  draft.identify(body.model, body.id)
  draft.finish(0, body.finish_reason)
  draft.usage = toObject(body.usage)
  const message = toObject(body.message) ?? {}
  draft.addAside(message.tool_plan)
  for (const part of toObjects(message.content)) readPart(draft, part)
  toObjects(message.tool_calls).forEach((call, index) => {
    readToolCall(draft, call, index)
  })
}

function readPart(draft: AnswerDraft, part: JsonObject): void {
  draft.addText(0, part.text)
  draft.addAside(part.thinking)
}

function readToolCall(draft: AnswerDraft, call: JsonObject, index: number): void {
  const tool = draft.tool(String(index))
  const body = toObject(call.function)
  draft.nameTool(tool, call.id, body?.name)
  draft.addArguments(tool, body?.arguments)
}

function readChatEvent(draft: AnswerDraft, event: JsonObject, name: string): void {
  const type = toText(event.type) ?? name
  const delta = toObject(event.delta)
  const message = toObject(delta?.message)
  if (type === 'message-start') draft.identify(null, event.id)
  else if (type === 'message-end') {
    draft.complete = true
    draft.finish(0, delta?.finish_reason)
    draft.usage = toObject(delta?.usage)
    draft.failure ??= readErrorMember(delta?.error)
  } else if (type === 'content-start' || type === 'content-delta') readPart(draft, toObject(message?.content) ?? {})
  else if (type === 'tool-plan-delta') draft.addAside(message?.tool_plan)
  else if (type === 'tool-call-start' || type === 'tool-call-delta') {
    readToolCall(draft, toObject(message?.tool_calls) ?? {}, toCount(event.index) ?? 0)
  }
}
