/** OpenAI embeddings. */
import type { Answer, Asked } from '../answer.ts'
import { asText, collectText, type JsonObject } from '../json.ts'
import { createRandom, hashText } from '../random.ts'
import { type Format, noTruth } from './format.ts'
import { failLikeOpenai } from './openai-chat.ts'

const dimensions = 64

function readEmbeddings(body: JsonObject): Asked {
  const input = body.input
  return {
    model: asText(body.model) ?? 'unknown',
    streaming: false,
    prompt: collectText(input),
    toolNames: [],
    maxTokens: null,
    usageWanted: true,
    inputCount: Array.isArray(input) ? input.length : 1,
    base64: body.encoding_format === 'base64',
  }
}

function makeVector(answer: Answer, index: number): Float32Array {
  const random = createRandom(hashText(answer.id) + index)
  return Float32Array.from({ length: dimensions }, () => random.next() * 2 - 1)
}

function wholeEmbeddings(answer: Answer, asked: Asked): JsonObject {
  return {
    object: 'list',
    data: Array.from({ length: asked.inputCount }, (_, index) => {
      const vector = makeVector(answer, index)
      const embedding = asked.base64 ? Buffer.from(vector.buffer).toString('base64') : Array.from(vector)
      return { object: 'embedding', index, embedding }
    }),
    model: answer.model,
    usage: { prompt_tokens: answer.inputTokens, total_tokens: answer.inputTokens },
  }
}

export const openaiEmbeddings: Format = {
  name: 'openai.embeddings',
  matches: (path) => path.endsWith('/embeddings'),
  read: readEmbeddings,
  truth: (answer) => ({ ...noTruth, responseModel: answer.model, inputTokens: answer.inputTokens }),
  whole: wholeEmbeddings,
  stream: null,
  fail: failLikeOpenai,
  streamError: null,
  headers: (answer) => ({ 'x-request-id': `req_${answer.id}` }),
}
