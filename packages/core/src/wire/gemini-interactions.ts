import type { AnswerDraft } from './draft.ts'
import type { AnswerFormat } from './format.ts'
import type { JsonObject } from './json.ts'
import { toCount, toJsonText, toObject, toObjects, toText } from './json.ts'
import { readInteractionUsage } from './usage.ts'

/** Gemini Interactions: a run of steps. Source: https://ai.google.dev/api/interactions-api */
export const geminiInteractions: AnswerFormat = {
  name: 'gemini.interactions',
  readBody: readInteraction,
  readEvent: readInteractionEvent,
  readUsage: readInteractionUsage,
  marks: ['"interaction.completed"', '"interaction.complete"', '"function_call"', '"usage"', '"error"'],
  identified: (draft) => draft.model !== null && draft.id !== null,
}

function readInteraction(draft: AnswerDraft, interaction: JsonObject): void {
  draft.identify(interaction.model, interaction.id)
  draft.usage = toObject(interaction.usage) ?? draft.usage
  const steps = toObjects(interaction.steps ?? interaction.outputs)
  if (steps.length > 0) draft.restart()
  steps.forEach((step, index) => {
    readStep(draft, step, index)
    if (step.type === 'function_call') {
      draft.addArguments(draft.tool(String(index)), toJsonText(step.arguments))
    }
  })
  const status = toText(interaction.status)
  if (status !== 'in_progress' && status !== 'queued') draft.finish(0, status)
}

function readStep(draft: AnswerDraft, step: JsonObject, index: number): void {
  const type = step.type
  if (type === 'function_call') {
    draft.nameTool(draft.tool(String(index)), step.id, step.name)
    draft.awaitsTool = true
  } else if (type === 'model_output') for (const part of toObjects(step.content)) readText(draft, part)
  else readText(draft, step)
}

function readText(draft: AnswerDraft, part: JsonObject): void {
  if (part.type === 'text') draft.addText(0, part.text)
}

function readInteractionEvent(draft: AnswerDraft, event: JsonObject, name: string): void {
  const type = toText(event.event_type) ?? name
  const interaction = toObject(event.interaction)
  const index = toCount(event.index) ?? 0
  if (type === 'interaction.completed' || type === 'interaction.complete') {
    draft.complete = true
    readInteraction(draft, interaction ?? {})
  } else if (interaction !== null) draft.identify(interaction.model, interaction.id)
  else if (type === 'step.start') readStep(draft, toObject(event.step) ?? {}, index)
  else if (type === 'step.delta' || type === 'content.delta') readDelta(draft, toObject(event.delta) ?? {}, index)
}

function readDelta(draft: AnswerDraft, delta: JsonObject, index: number): void {
  if (delta.type === 'text') draft.addText(0, delta.text)
  else if (delta.type === 'arguments_delta') {
    draft.addArguments(draft.tool(String(index)), toJsonText(delta.arguments ?? delta.partial_arguments))
  } else draft.addAside(toObject(delta.content)?.text ?? delta.thought)
}
