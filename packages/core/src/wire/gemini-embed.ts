import type { AnswerDraft } from './draft.ts'
import type { AnswerFormat } from './format.ts'
import type { JsonObject } from './json.ts'
import { toCount, toObject, toObjects } from './json.ts'
import { noUsage, readGeminiUsage } from './usage.ts'

/** Gemini embedContent and batchEmbedContents. Usage came with the newer models only. */
export const geminiEmbed: AnswerFormat = {
  name: 'gemini.embedContent',
  readBody: readEmbeddings,
  readEvent: readEmbeddings,
  readUsage: (usage) => ({ ...noUsage, input: readGeminiUsage(usage).input }),
  marks: null,
  identified: () => true,
  holdsVectors: true,
}

function readEmbeddings(draft: AnswerDraft, answer: JsonObject): void {
  draft.usage = toObject(answer.usageMetadata)
}

/** Vertex AI's predict with an embedding model: each prediction counts its own tokens. */
export const vertexPredict: AnswerFormat = {
  name: 'vertex.predict',
  readBody: readPredictions,
  readEvent: readPredictions,
  readUsage: (usage) => ({ ...noUsage, input: toCount(usage.token_count) }),
  marks: null,
  identified: () => true,
  holdsVectors: true,
}

function readPredictions(draft: AnswerDraft, answer: JsonObject): void {
  const counts = toObjects(answer.predictions)
    .map((prediction) => toObject(toObject(prediction.embeddings)?.statistics)?.token_count)
    .map(toCount)
    .filter((count) => count !== null)
  if (counts.length > 0) draft.usage = { token_count: counts.reduce((sum, count) => sum + count, 0) }
}
