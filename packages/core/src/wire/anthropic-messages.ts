import type { AnswerDraft } from './draft.ts'
import type { AnswerFormat } from './format.ts'
import type { JsonObject } from './json.ts'
import { toCount, toJsonText, toObject, toObjects, toText } from './json.ts'
import { readAnthropicUsage } from './usage.ts'

/** Anthropic messages, direct, on Vertex AI and inside Bedrock. Source: https://docs.anthropic.com/en/api/messages-streaming */
export const anthropicMessages: AnswerFormat = {
  name: 'anthropic.messages',
  readBody: readAnthropicMessage,
  readEvent: readAnthropicEvent,
  readUsage: readAnthropicUsage,
  marks: ['"message_', 'block_start"', '"error"'],
  identified: (draft) => draft.model !== null && draft.id !== null,
}

export function readAnthropicMessage(draft: AnswerDraft, message: JsonObject): void {
  readHead(draft, message)
  toObjects(message.content).forEach((block, index) => {
    readBlock(draft, block, index)
    if (block.type === 'tool_use') {
      draft.addArguments(draft.tool(String(index)), toJsonText(block.input))
    }
  })
}

function readHead(draft: AnswerDraft, message: JsonObject): void {
  draft.identify(message.model, message.id)
  draft.finish(0, message.stop_reason)
  const usage = toObject(message.usage)
  if (usage !== null) draft.mergeUsage(usage)
}

/** Tools that the provider runs (`server_tool_use`, `mcp_tool_use`) are not calls to the application. */
function readBlock(draft: AnswerDraft, block: JsonObject, index: number): void {
  draft.addText(0, block.type === 'text' ? block.text : null)
  draft.addAside(block.thinking)
  if (block.type === 'tool_use') draft.nameTool(draft.tool(String(index)), block.id, block.name)
}

export function readAnthropicEvent(draft: AnswerDraft, event: JsonObject, name: string): void {
  const type = toText(event.type) ?? name
  const index = toCount(event.index) ?? 0
  if (type === 'content_block_delta') readDelta(draft, toObject(event.delta) ?? {}, index)
  else if (type === 'content_block_start') readBlock(draft, toObject(event.content_block) ?? {}, index)
  else if (type === 'message_start') readHead(draft, toObject(event.message) ?? {})
  else if (type === 'content_block_stop') draft.closeTool(String(index))
  else if (type === 'message_stop') draft.complete = true
  else if (type === 'message_delta') {
    draft.finish(0, toObject(event.delta)?.stop_reason)
    const usage = toObject(event.usage)
    if (usage !== null) draft.mergeUsage(usage)
  }
}

function readDelta(draft: AnswerDraft, delta: JsonObject, index: number): void {
  draft.addText(0, delta.text)
  draft.addAside(delta.thinking)
  const json = delta.partial_json
  if (typeof json !== 'string') return
  const tool = draft.findTool(String(index))
  if (tool === null) draft.addAside(json)
  else draft.addArguments(tool, json)
}
