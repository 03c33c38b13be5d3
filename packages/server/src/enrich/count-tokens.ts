/** Counts the tokens of a prompt: exactly where the model's encoding is known, estimated elsewhere. */
import type { Message } from '@inferometer/core/call'
import { estimateTokens } from '@inferometer/core/tokens/estimate'
import { countMessages } from '@inferometer/core/tokens/messages'

const encodingNames = ['o200k_base', 'cl100k_base', 'p50k_base', 'r50k_base'] as const
type EncodingName = (typeof encodingNames)[number]

export interface TokenCount {
  readonly tokens: number
  /** Name of the encoding that counted, or `estimate`. */
  readonly method: EncodingName | 'estimate'
}

/** Model families by encoding, the first that fits. Source: tiktoken's model table (tiktoken/model.py). */
const families: readonly (readonly [RegExp, EncodingName])[] = [
  [
    /^(?:gpt-(?:4o|4\.1|4\.5|[5-9]|oss|audio|realtime|image)|chatgpt|o[1-9](?:-|$)|codex-mini|computer-use)/,
    'o200k_base',
  ],
  [/^(?:gpt-(?:4|3\.5|35)|text-embedding-(?:ada-002|3-)|davinci-002|babbage-002)/, 'cl100k_base'],
  [/^(?:text-davinci-00[23]|code-)/, 'p50k_base'],
  [/^(?:text-(?:davinci|curie|babbage|ada)-001|davinci|curie|babbage|ada)(?:$|:)/, 'r50k_base'],
]

/** The encoding of a model by its name, also behind `openai/`, `ft:` and the like. Null when none is known. */
export function findEncoding(model: string): EncodingName | null {
  const name = model
    .trim()
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/^ft:/, '')
    .replace(/^openai\./, '')
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? null
}

type CountText = (text: string, options: { disallowedSpecial: Set<string> }) => number

/** Each is some ten megabytes and 150 ms to load, so only what is asked for is. */
async function loadEncoding(name: EncodingName): Promise<CountText> {
  switch (name) {
    case 'o200k_base':
      return (await import('gpt-tokenizer/encoding/o200k_base')).countTokens
    case 'cl100k_base':
      return (await import('gpt-tokenizer/encoding/cl100k_base')).countTokens
    case 'p50k_base':
      return (await import('gpt-tokenizer/encoding/p50k_base')).countTokens
    case 'r50k_base':
      return (await import('gpt-tokenizer/encoding/r50k_base')).countTokens
  }
}

/** Longer prompts are estimated: counting them would take seconds of processor time. */
const exactLengthMax = 2_000_000

/**
 * Tokens of a text, or of messages with what the chat format adds around them. Text that looks like a special token
 * counts as the text it is. Never holds the event loop for longer than some milliseconds.
 */
export async function countTokens(prompt: string | readonly Message[], model: string): Promise<TokenCount> {
  const texts = typeof prompt === 'string' ? [prompt] : prompt.flatMap(({ role, text }) => [role, text])
  const length = texts.reduce((sum, text) => sum + text.length, 0)
  const encoding = length <= exactLengthMax ? findEncoding(model) : null
  if (encoding === null) {
    const tokens = typeof prompt === 'string' ? estimateTokens(prompt) : countMessages(prompt, estimateTokens)
    return { tokens, method: 'estimate' }
  }
  const countText = await loadEncoding(encoding)
  const counts = new Map<string, number>()
  const pace = createPace()
  for (const text of new Set(texts)) counts.set(text, await countInPieces(text, countText, pace))
  const countOf = (text: string) => counts.get(text) ?? 0
  return { tokens: typeof prompt === 'string' ? countOf(prompt) : countMessages(prompt, countOf), method: encoding }
}

/** An encoding's time grows with the square of an unbroken run of letters; 2,048 of them take about 3 ms. */
const pieceLengthMax = 2_048

const noSpecial = { disallowedSpecial: new Set<string>() }

async function countInPieces(text: string, countText: CountText, pace: () => Promise<void>): Promise<number> {
  let tokens = 0
  let start = 0
  while (start < text.length) {
    const end = findCut(text, start)
    tokens += countText(text.slice(start, end), noSpecial)
    start = end
    await pace()
  }
  return tokens
}

/**
 * Where the piece that begins at `start` may end: before the last space between two letters, where every encoding
 * cuts anyway, so that the sum is exact. In a run without one the cut may cost a token.
 */
function findCut(text: string, start: number): number {
  const limit = start + pieceLengthMax
  if (limit >= text.length) return text.length
  for (let at = limit; at > start; at--)
    if (text[at] === ' ' && isAsciiLetter(text, at - 1) && isAsciiLetter(text, at + 1)) return at
  const splitsPair = /[\ud800-\udbff]/.test(text.charAt(limit - 1))
  return splitsPair ? limit - 1 : limit
}

function isAsciiLetter(text: string, at: number): boolean {
  const unit = text.charCodeAt(at) | 0x20
  return unit >= 97 && unit <= 122
}

const turnMs = 8

/** Gives the event loop a turn whenever `turnMs` have passed since the last. */
function createPace(): () => Promise<void> {
  let turnStart = performance.now()
  return async () => {
    if (performance.now() - turnStart < turnMs) return
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
    turnStart = performance.now()
  }
}
