import type { AnswerDraft } from './draft.ts'
import type { AnswerFormat } from './format.ts'
import type { JsonObject } from './json.ts'
import { toCount, toJsonText, toObject, toObjects, toText } from './json.ts'
import { readGeminiUsage } from './usage.ts'

/**
 * Gemini generateContent and streamGenerateContent, on the Gemini API and on Vertex AI. A stream is a run of partial answers with
 * running usage. Source: https://ai.google.dev/api/generate-content
 */
export const geminiGenerate: AnswerFormat = {
  name: 'gemini.generateContent',
  readBody: readGeminiAnswer,
  readEvent: readGeminiAnswer,
  readUsage: readGeminiUsage,
  marks: ['"finishReason"', '"functionCall"', '"blockReason"', '"error"', '"usageMetadata"'],
  lastMarks: ['"usageMetadata"'],
  identified: (draft) => draft.model !== null && draft.id !== null,
  streamShape: 'array',
  nameFinishReason: (raw) => finishReasonNames[Number(raw)] ?? raw,
}

/** Vertex AI with `enum-encoding=int`. Source: google.cloud.aiplatform.v1 Candidate.FinishReason */
const finishReasonNames: readonly (string | null)[] = [
  null,
  'STOP',
  'MAX_TOKENS',
  'SAFETY',
  'RECITATION',
  'OTHER',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MALFORMED_FUNCTION_CALL',
  'MODEL_ARMOR',
]

function readGeminiAnswer(draft: AnswerDraft, answer: JsonObject): void {
  draft.identify(answer.modelVersion, answer.responseId)
  draft.usage = toObject(answer.usageMetadata) ?? draft.usage
  const candidates = toObjects(answer.candidates)
  candidates.forEach((candidate, position) => {
    readCandidate(draft, candidate, toCount(candidate.index) ?? position)
  })
  const blocked = toObject(answer.promptFeedback)?.blockReason
  if (candidates.length === 0 && blocked !== undefined) {
    draft.finish(0, typeof blocked === 'number' ? 'SAFETY' : blocked)
    draft.complete = true
  }
}

function readCandidate(draft: AnswerDraft, candidate: JsonObject, index: number): void {
  const reason = candidate.finishReason
  // FINISH_REASON_UNSPECIFIED (0) stands for "still going".
  draft.finish(index, reason === 0 || reason === 'FINISH_REASON_UNSPECIFIED' ? null : reason)
  if (reason) draft.complete = true
  for (const part of toObjects(toObject(candidate.content)?.parts)) readPart(draft, part, index)
}

function readPart(draft: AnswerDraft, part: JsonObject, index: number): void {
  if (part.thought === true) draft.addAside(part.text)
  else draft.addText(index, part.text)
  if (toObject(part.inlineData) !== null) draft.contentSeen = true
  draft.addAside(toText(toObject(part.executableCode)?.code))
  const call = toObject(part.functionCall)
  // Without a name it is a piece of the call before it (streamed arguments come as `partialArgs`).
  if (call === null || toText(call.name) === null) return
  const tool = draft.addTool(String(draft.tools.length))
  draft.nameTool(tool, call.id, call.name)
  draft.addArguments(tool, toJsonText(call.args ?? {}))
  draft.awaitsTool = true
}
