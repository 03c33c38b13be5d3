import type { AnswerDraft } from './draft.ts'
import type { AnswerFormat } from './format.ts'
import type { JsonObject } from './json.ts'
import { toJsonText, toObject, toObjects } from './json.ts'
import { noUsage, readOllamaUsage } from './usage.ts'

/**
 * Ollama's own API: chat has `message`, generate has `response`. A stream is a run of partial answers, one JSON line each; the one with
 * `done` has the counts. Source: https://github.com/ollama/ollama/blob/main/docs/api.md
 */
const ollama = {
  readBody: readAnswer,
  readEvent: readAnswer,
  readUsage: readOllamaUsage,
  marks: ['"done"', '"tool_calls"', '"error"'],
  identified: (draft: AnswerDraft) => draft.model !== null,
  streamShape: 'lines',
} as const

export const ollamaChat: AnswerFormat = { ...ollama, name: 'ollama.chat' }
export const ollamaGenerate: AnswerFormat = { ...ollama, name: 'ollama.generate' }

/** `/api/embed` counts the prompt; the older `/api/embeddings` counts nothing. */
export const ollamaEmbed: AnswerFormat = {
  name: 'ollama.embed',
  readBody: readEmbeddings,
  readEvent: readEmbeddings,
  readUsage: (usage) => ({ ...noUsage, input: readOllamaUsage(usage).input }),
  marks: null,
  identified: () => true,
  holdsVectors: true,
}

function readEmbeddings(draft: AnswerDraft, answer: JsonObject): void {
  draft.identify(answer.model, null)
  draft.usage = answer
}

function readAnswer(draft: AnswerDraft, answer: JsonObject): void {
  draft.identify(answer.model, null)
  const message = toObject(answer.message)
  draft.addAside(answer.thinking ?? message?.thinking)
  draft.addText(0, answer.response ?? message?.content)
  for (const call of toObjects(message?.tool_calls)) {
    const body = toObject(call.function)
    const tool = draft.addTool(String(draft.tools.length))
    draft.nameTool(tool, call.id, body?.name)
    draft.addArguments(tool, toJsonText(body?.arguments))
    draft.awaitsTool = true
  }
  if (answer.done !== true) return
  draft.complete = true
  draft.usage = answer
  draft.finish(0, answer.done_reason)
}
