import type { AnswerDraft, ToolDraft } from './draft.ts'
import { readErrorMember } from './failure.ts'
import type { AnswerFormat } from './format.ts'
import type { JsonObject } from './json.ts'
import { toCount, toJsonText, toObject, toObjects, toText } from './json.ts'
import { readOpenaiUsage } from './usage.ts'

/** OpenAI chat completions and the many servers that speak it. Whole answers have `message`, chunks have `delta`. */
export const openaiChat: AnswerFormat = {
  name: 'openai.chat',
  readBody: readOpenaiBody,
  readEvent: readOpenaiEvent,
  readUsage: readOpenaiUsage,
  marks: ['"finish_reason"', '"tool_calls"', '"function_call"', '"error"', '"usage"'],
  lastMarks: ['"usage"'],
  identified: (draft) => draft.model !== null && draft.id !== null,
}

/** Perplexity's whole answers have an empty `delta` beside the `message`, its chunks the whole message so far beside the `delta`. */
export function readOpenaiBody(draft: AnswerDraft, body: JsonObject): void {
  readAnswer(draft, body, (choice) => toObject(choice.message) ?? toObject(choice.delta))
}

export function readOpenaiEvent(draft: AnswerDraft, event: JsonObject): void {
  readAnswer(draft, event, (choice) => toObject(choice.delta) ?? toObject(choice.message))
}

type PickMessage = (choice: JsonObject) => JsonObject | null

function readAnswer(draft: AnswerDraft, answer: JsonObject, pickMessage: PickMessage): void {
  draft.identify(answer.model, answer.id)
  const choices = toObjects(answer.choices)
  // Groq puts a stream's usage into x_groq, Moonshot into the choice.
  const usage = toObject(answer.usage) ?? toObject(toObject(answer.x_groq)?.usage) ?? toObject(choices[0]?.usage)
  if (usage !== null) draft.usage = usage
  choices.forEach((choice, position) => {
    const index = toCount(choice.index) ?? position
    draft.finish(index, choice.finish_reason)
    if (toText(choice.finish_reason) !== null) draft.complete = true
    draft.failure ??= readErrorMember(choice.error)
    const message = pickMessage(choice)
    // Together sends the text of a chunk twice, as completions and as chat have it.
    if (typeof message?.content !== 'string') draft.addText(index, choice.text)
    if (message !== null) readMessage(draft, message, index)
  })
}

function readMessage(draft: AnswerDraft, message: JsonObject, index: number): void {
  draft.addAside(message.reasoning_content ?? message.reasoning)
  readContent(draft, index, message.content)
  draft.addAside(message.refusal)
  const audio = toObject(message.audio)
  if (toText(audio?.data) !== null) draft.contentSeen = true
  draft.addAside(audio?.transcript)
  for (const call of toObjects(message.tool_calls)) readToolCall(draft, call, index)
  const legacy = toObject(message.function_call)
  if (legacy !== null) readFunction(draft, draft.tool(`${index}:function`), legacy)
}

/** Text, or Mistral's parts: text beside thinking, which has text parts of its own. */
function readContent(draft: AnswerDraft, index: number, content: unknown): void {
  draft.addText(index, content)
  for (const part of toObjects(content)) {
    if (part.type === 'thinking') {
      draft.addAside(part.thinking)
      for (const thought of toObjects(part.thinking)) draft.addAside(thought.text)
    } else draft.addText(index, part.text)
  }
}

function readToolCall(draft: AnswerDraft, call: JsonObject, choice: number): void {
  const tool = findTool(draft, call, choice)
  draft.nameTool(tool, call.id, null)
  readFunction(draft, tool, toCalled(call))
}

function toCalled(call: JsonObject): JsonObject {
  return toObject(call.function) ?? toObject(call.custom) ?? {}
}

function readFunction(draft: AnswerDraft, tool: ToolDraft, body: JsonObject): void {
  draft.nameTool(tool, null, body.name)
  draft.addArguments(tool, toJsonText(body.arguments ?? body.input))
}

/**
 * Pieces of a call share an index. Some servers send whole calls without an index or all with 0: there a new id with a name is a new
 * call, and a piece without a name goes on with the last.
 */
function findTool(draft: AnswerDraft, call: JsonObject, choice: number): ToolDraft {
  const index = toCount(call.index)
  const id = toText(call.id)
  const key = `${choice}:${index ?? ''}`
  const last = draft.findTool(key)
  if (last === null || toText(toCalled(call).name) === null) return last ?? draft.tool(key)
  const differs = index === null || (id !== null && last.id !== null && id !== last.id)
  return differs ? draft.addTool(key) : last
}
