import type { Finding, Message } from '@inferometer/core/call'
import { CountAnswer, CountBody, ErrorAnswer, type RestApp, ScanBody } from '../api.ts'
import { ScanAnswer } from '../api-scan.ts'
import { Refusal } from '../errors.ts'

export interface TextActions {
  scan(prompt: string): {
    readonly findings: readonly Finding[]
    readonly redacted: string
    readonly score: number
    readonly threshold: number
    readonly evidence: readonly { pattern: string; weight: number; start: number; end: number; readAs?: string }[]
  }
  count(prompt: string | readonly Message[], model: string): Promise<{ tokens: number; method: string }>
}

export interface TextRoutesOptions {
  readonly text: TextActions
  readonly promptChars: number
}

const tags = ['text']
/** Sums of tenths are not exact. */
const roundTo = 1_000
/** Enough to see what it says. */
const readAsChars = 300
const errors = { 400: ErrorAnswer, 401: ErrorAnswer, 413: ErrorAnswer }

/** POST /v1/pii-injection/scan and POST /v1/token-counting/count. */
export function addTextRoutes(app: RestApp, { text, promptChars }: TextRoutesOptions): void {
  app.post(
    '/v1/pii-injection/scan',
    {
      schema: {
        tags,
        summary: 'Look for personal data and injection attempts in a prompt; nothing is recorded',
        body: ScanBody,
        response: { 200: ScanAnswer, ...errors },
      },
    },
    async ({ body }) => {
      checkLength([body.prompt], promptChars)
      const { findings, redacted, score, threshold, evidence } = text.scan(body.prompt)
      return {
        pii_detected: findings.some(({ kind }) => kind === 'pii'),
        injection_attempt: findings.some(({ kind }) => kind === 'injection'),
        findings: findings.map(({ kind, pattern, start, end }) => ({ type: kind, pattern, start, end })),
        redacted,
        score: Math.round(score * roundTo) / roundTo,
        threshold,
        evidence: evidence.map(({ readAs, ...place }) => ({
          ...place,
          read_as: readAs?.slice(0, readAsChars) ?? null,
        })),
      }
    },
  )
  app.post(
    '/v1/token-counting/count',
    {
      schema: {
        tags,
        summary: 'Count the tokens of a text or of chat messages',
        body: CountBody,
        response: { 200: CountAnswer, ...errors },
      },
    },
    async ({ body }) => {
      const prompt = typeof body.prompt === 'string' ? body.prompt : body.prompt.map(toMessage)
      checkLength(typeof prompt === 'string' ? [prompt] : prompt.map((message) => message.text), promptChars)
      return text.count(prompt, body.model)
    },
  )
}

function toMessage({ role, content }: Exclude<CountBody['prompt'], string>[number]): Message {
  if (typeof content === 'string') return { role, text: content }
  return { role, text: (content ?? []).map((part) => part.text ?? '').join('') }
}

/** Scanning and counting take time by the length, so it is bounded apart from the body. */
function checkLength(texts: readonly string[], promptChars: number): void {
  const length = texts.reduce((sum, text) => sum + text.length, 0)
  if (length <= promptChars) return
  const problem = { path: 'prompt', message: `must be at most ${promptChars} characters, got ${length}` }
  throw new Refusal('body_too_large', `${problem.path} ${problem.message}`, { problems: [problem] })
}
