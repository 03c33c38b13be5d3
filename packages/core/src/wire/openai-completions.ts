import type { AnswerFormat } from './format.ts'
import { openaiChat } from './openai-chat.ts'

/** Legacy completions: choices with `text` where chat has `message`. */
export const openaiCompletions: AnswerFormat = { ...openaiChat, name: 'openai.completions' }
