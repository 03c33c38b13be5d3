import type { AnswerDraft } from './draft.ts'
import type { AnswerFormat } from './format.ts'
import type { JsonObject } from './json.ts'
import { toCount, toJsonText, toObject, toObjects } from './json.ts'
import { readConverseUsage } from './usage.ts'

/** Bedrock Converse and ConverseStream. Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
export const bedrockConverse: AnswerFormat = {
  name: 'bedrock.converse',
  readBody: readConverseBody,
  readEvent: readConverseEvent,
  readUsage: readConverseUsage,
  marks: null,
  identified: () => true,
  contentEvents: ['contentBlockDelta', 'contentBlockStop'],
}

export function readConverseBody(draft: AnswerDraft, body: JsonObject): void {
  draft.finish(0, body.stopReason)
  draft.usage = toObject(body.usage)
  const message = toObject(toObject(body.output)?.message)
  toObjects(message?.content).forEach((block, index) => {
    draft.addText(0, block.text)
    draft.addAside(toObject(toObject(block.reasoningContent)?.reasoningText)?.text)
    const use = toObject(block.toolUse)
    if (use === null) return
    const tool = draft.tool(String(index))
    draft.nameTool(tool, use.toolUseId, use.name)
    draft.addArguments(tool, toJsonText(use.input))
  })
}

/** The event's kind stands outside its data here, and inside (`{"messageStop":{…}}`) when Nova is invoked directly. */
export function readConverseEvent(draft: AnswerDraft, event: JsonObject, name: string): void {
  const index = String(toCount(event.contentBlockIndex) ?? 0)
  if (name === 'contentBlockDelta') readDelta(draft, toObject(event.delta) ?? {}, index)
  else if (name === 'contentBlockStart') {
    const use = toObject(toObject(event.start)?.toolUse)
    if (use !== null) draft.nameTool(draft.tool(index), use.toolUseId, use.name)
  } else if (name === 'contentBlockStop') draft.closeTool(index)
  else if (name === 'messageStop') draft.finish(0, event.stopReason)
  else if (name === 'metadata') {
    draft.usage = toObject(event.usage) ?? draft.usage
    draft.complete = true
  }
}

function readDelta(draft: AnswerDraft, delta: JsonObject, index: string): void {
  draft.addText(0, delta.text)
  draft.addAside(toObject(delta.reasoningContent)?.text)
  const use = toObject(delta.toolUse)
  if (use !== null) draft.addArguments(draft.tool(index), toJsonText(use.input))
}
