import type { AnswerDraft } from './draft.ts'
import type { AnswerFormat } from './format.ts'
import type { JsonObject } from './json.ts'
import { toObject } from './json.ts'
import { readOpenaiEmbeddingUsage } from './usage.ts'

/** OpenAI, Azure, Mistral, Voyage, vLLM … embeddings. Never streamed. */
export const openaiEmbeddings: AnswerFormat = {
  name: 'openai.embeddings',
  readBody: readEmbeddings,
  readEvent: readEmbeddings,
  readUsage: readOpenaiEmbeddingUsage,
  marks: null,
  identified: () => true,
  holdsVectors: true,
}

function readEmbeddings(draft: AnswerDraft, answer: JsonObject): void {
  draft.identify(answer.model, answer.id)
  draft.usage = toObject(answer.usage)
}
