import type { AnswerDraft } from './draft.ts'
import type { AnswerFormat } from './format.ts'
import type { JsonObject } from './json.ts'
import { toObject } from './json.ts'
import { noUsage, readCohereUsage } from './usage.ts'

/** Cohere embed v1 and v2. Source: https://docs.cohere.com/v2/reference/embed */
export const cohereEmbed: AnswerFormat = {
  name: 'cohere.embed',
  readBody: readEmbeddings,
  readEvent: readEmbeddings,
  readUsage: (usage) => ({ ...noUsage, input: readCohereUsage(usage).input }),
  marks: null,
  identified: () => true,
  holdsVectors: true,
}

function readEmbeddings(draft: AnswerDraft, body: JsonObject): void {
  draft.identify(null, body.id)
  draft.usage = toObject(body.meta)
}
