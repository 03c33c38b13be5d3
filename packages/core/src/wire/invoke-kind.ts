import type { Operation } from '../call.ts'
import type { JsonObject } from './json.ts'
import { toText } from './json.ts'

/** Which operation a request is, from its model and body. Null: none of ours. */
export type InvokeKind = (model: string, body: JsonObject | null) => Operation | null

/**
 * Bedrock's InvokeModel serves every kind of model: the body tells text from chat, and the model's name keeps pictures, video and
 * reranking out.
 */
export const readInvokeKind: InvokeKind = (model, body) => {
  if (/embed/i.test(model)) return 'embeddings'
  if (body === null || /^(?:[a-z]+\.)?stability\.|rerank|canvas|reel|image|sonic/i.test(model)) return null
  if (Array.isArray(body.messages) || toText(body.message) !== null) return 'chat'
  return typeof body.prompt === 'string' || typeof body.inputText === 'string' ? 'text_completion' : null
}
