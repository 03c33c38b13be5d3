/** What the fake provider will say: the text, token by token, and the usage that goes with it. */
import { createRandom, hashText, type Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import { answerSentences, thoughtSentences } from './stock.ts'

/** A request as the formats read it. */
export interface Asked {
  readonly model: string
  readonly streaming: boolean
  readonly prompt: string
  readonly toolNames: readonly string[]
  readonly maxTokens: number | null
  /** The stream carries usage. Only some formats make it the client's choice. */
  readonly usageWanted: boolean
  /** Embeddings: how many texts, and whether vectors are wanted as base64. */
  readonly inputCount: number
  readonly base64: boolean
}

export type AnswerFinish = 'stop' | 'length' | 'tool_calls' | 'content_filter'

export interface Answer {
  readonly id: string
  readonly model: string
  readonly created: number
  /** One string per output token. */
  readonly pieces: readonly string[]
  readonly thoughts: readonly string[]
  readonly tool: { readonly id: string; readonly name: string; readonly argumentPieces: readonly string[] } | null
  readonly finish: AnswerFinish
  /** Totals: cacheRead ⊂ input, cacheWrite ⊂ input, reasoning ⊂ output. */
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly reasoningTokens: number
}

/** Splits text into pieces of about a token's length that join to the same text. */
export function splitTokens(text: string): string[] {
  return text.match(/\s*\S{1,6}|\s+$/g) ?? []
}

function writeSentences(random: Random, stock: readonly [string, ...string[]], count: number): string {
  return Array.from({ length: count }, () => random.pick(stock)).join(' ')
}

/** Names that providers answer to with the dated snapshot behind them. */
const snapshots: Record<string, string> = {
  'gpt-4o': 'gpt-4o-2024-08-06',
  'gpt-4o-mini': 'gpt-4o-mini-2024-07-18',
  'gpt-4.1-mini': 'gpt-4.1-mini-2025-04-14',
  'o4-mini': 'o4-mini-2025-04-16',
}

function makeTool(random: Random, asked: Asked): Answer['tool'] {
  return {
    id: `call_${randomName(random, 24)}`,
    name: asked.toolNames[0] ?? 'lookup_order',
    argumentPieces: splitTokens(JSON.stringify({ order_id: random.between(1_000, 9_999), verbose: false })),
  }
}

const nameCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789'
function randomName(random: Random, length: number): string {
  return Array.from({ length }, () => nameCharacters[random.between(0, nameCharacters.length - 1)]).join('')
}

function cutToLength(pieces: readonly string[], asked: Asked, scenario: Scenario) {
  const limit = scenario.finish === 'length' ? Math.ceil(pieces.length / 2) : pieces.length
  const kept = pieces.slice(0, Math.min(limit, asked.maxTokens ?? limit))
  return { kept, cut: kept.length < pieces.length }
}

export interface AnswerOptions {
  readonly scenario: Scenario
  readonly seed: number
  readonly nowMs: number
}

/** The same question, scenario and seed give the same answer, in whatever order requests arrive. */
export function planAnswer(asked: Asked, { scenario, seed, nowMs }: AnswerOptions): Answer {
  const random = createRandom(seed ^ hashText(`${asked.model}\n${asked.prompt}`))
  const inputTokens = 3 + splitTokens(asked.prompt).length
  const tool = scenario.tools ? makeTool(random, asked) : null
  const sentences = tool ? 0 : scenario.finish === 'content_filter' ? 1 : random.between(2, 7)
  const { kept, cut } = cutToLength(splitTokens(writeSentences(random, answerSentences, sentences)), asked, scenario)
  const thoughts = scenario.reasoning ? splitTokens(writeSentences(random, thoughtSentences, random.between(2, 5))) : []
  const cached = Math.floor(inputTokens * 0.75)
  return {
    id: randomName(random, 24),
    model: snapshots[asked.model] ?? asked.model,
    created: Math.floor(nowMs / 1_000),
    pieces: kept,
    thoughts,
    tool,
    finish: tool ? 'tool_calls' : cut ? 'length' : (scenario.finish ?? 'stop'),
    inputTokens,
    outputTokens: kept.length + thoughts.length + (tool?.argumentPieces.length ?? 0),
    cacheReadTokens: scenario.cache === 'read' ? cached : 0,
    cacheWriteTokens: scenario.cache === 'write' ? cached : 0,
    reasoningTokens: thoughts.length,
  }
}
