import type { AnswerDraft, ToolDraft } from './draft.ts'
import { readErrorMember } from './failure.ts'
import type { AnswerFormat } from './format.ts'
import type { JsonObject } from './json.ts'
import { toCount, toObject, toObjects, toText } from './json.ts'
import { readResponsesUsage } from './usage.ts'

/** OpenAI Responses. Source: https://platform.openai.com/docs/api-reference/responses-streaming */
export const openaiResponses: AnswerFormat = {
  name: 'openai.responses',
  readBody: readResponse,
  readEvent: readResponsesEvent,
  readUsage: readResponsesUsage,
  marks: ['.completed"', '.incomplete"', '.failed"', '.cancelled"', '_item.added"', '_item.done"', '"error"'],
  identified: (draft) => draft.model !== null && draft.id !== null,
}

/** Items that the application has to carry out. Those with an `_output` beside them ran at the provider. */
const clientCalls = new Set([
  'function_call',
  'custom_tool_call',
  'computer_call',
  'local_shell_call',
  'shell_call',
  'apply_patch_call',
  'mcp_approval_request',
])

const terminalEvents = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
  'response.done',
])

function readResponsesEvent(draft: AnswerDraft, event: JsonObject, name: string): void {
  const type = toText(event.type) ?? name
  const response = toObject(event.response)
  if (terminalEvents.has(type) && response !== null) {
    draft.complete = true
    readResponse(draft, response)
    return
  }
  if (type === 'error') readStreamError(draft, event)
  else if (response !== null) draft.identify(response.model, response.id)
  else if (type.endsWith('.delta')) readDelta(draft, type, event)
  else if (type === 'response.output_item.added' || type === 'response.output_item.done') {
    const item = toObject(event.item)
    if (item === null) return
    if (isClientCall(item, new Set())) draft.awaitsTool = true
    const key = toItemKey(event, item)
    if (type === 'response.output_item.done') readToolItem(draft, item, key)
    else nameToolItem(draft, item, key)
  }
}

function readStreamError(draft: AnswerDraft, event: JsonObject): void {
  draft.failure ??= readErrorMember({ ...event, type: null })
}

function readDelta(draft: AnswerDraft, type: string, event: JsonObject): void {
  if (type === 'response.output_text.delta') draft.addText(0, event.delta)
  else if (type === 'response.function_call_arguments.delta' || type === 'response.custom_tool_call_input.delta') {
    draft.addArguments(draft.tool(toItemKey(event, event)), event.delta)
  } else if (type.startsWith('response.audio.') || type.startsWith('response.output_audio.')) draft.contentSeen = true
  else draft.addAside(event.delta)
}

function readResponse(draft: AnswerDraft, response: JsonObject): void {
  draft.identify(response.model, response.id)
  draft.usage = toObject(response.usage) ?? draft.usage
  draft.failure ??= readErrorMember(response.error)
  readOutput(draft, toObjects(response.output))
  const status = toText(response.status)
  // A background response that is queued or under way has not finished in any way.
  if (status === 'queued' || status === 'in_progress') return
  if (status === 'failed') draft.failure ??= { type: null, code: null, message: null }
  draft.finish(0, toText(toObject(response.incomplete_details)?.reason) ?? status)
}

/** Some servers leave the terminal event's output empty: then what the events before it said stands. */
function readOutput(draft: AnswerDraft, output: readonly JsonObject[]): void {
  if (output.length > 0) {
    draft.restart()
    draft.awaitsTool = false
  }
  const types = new Set(output.map((item) => item.type))
  output.forEach((item, index) => {
    readToolItem(draft, item, String(index))
    if (isClientCall(item, types)) draft.awaitsTool = true
    for (const part of toObjects(item.summary)) draft.addAside(part.text)
    for (const part of toObjects(item.content)) {
      if (item.type === 'message' && part.type === 'output_text') draft.addText(0, part.text)
      else draft.addAside(part.text ?? part.refusal)
    }
  })
}

function isClientCall(item: JsonObject, types: ReadonlySet<unknown>): boolean {
  const type = toText(item.type) ?? ''
  return clientCalls.has(type) && !types.has(`${type}_output`)
}

function readToolItem(draft: AnswerDraft, item: JsonObject, key: string): void {
  const tool = nameToolItem(draft, item, key)
  if (tool?.arguments === null) draft.addArguments(tool, item.arguments ?? item.input)
}

function nameToolItem(draft: AnswerDraft, item: JsonObject, key: string): ToolDraft | null {
  if (item.type !== 'function_call' && item.type !== 'custom_tool_call') return null
  const tool = draft.tool(key)
  draft.nameTool(tool, item.call_id, item.name)
  return tool
}

/** The place in the output names an item; its id is not the same in every event of some gateways. */
function toItemKey(event: JsonObject, item: JsonObject): string {
  const index = toCount(event.output_index)
  return index === null ? (toText(event.item_id) ?? toText(item.id) ?? '') : String(index)
}
