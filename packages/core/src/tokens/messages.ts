/**
 * What a chat format adds to the texts of its messages: marks around each message, its role, and the marks that
 * open the answer. Source: "Counting tokens for chat completions" in OpenAI's cookbook (How_to_count_tokens_with_tiktoken).
 */
import type { Message } from '../call.ts'

const tokensPerMessage = 3
const tokensOfAnswerStart = 3

/** Tokens of a chat, given how to count those of one text. 0 for no messages. */
export function countMessages(messages: readonly Message[], countText: (text: string) => number): number {
  if (messages.length === 0) return 0
  let tokens = tokensOfAnswerStart
  for (const { role, text } of messages) tokens += tokensPerMessage + countText(role) + countText(text)
  return tokens
}
