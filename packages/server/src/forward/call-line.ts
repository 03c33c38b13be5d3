import { type LlmCall, modelLabel } from '@inferometer/core/call'

/**
 * A call in one line for people: `chat gpt-4o-mini success in 821 ms, first token after 210 ms, 1000 tokens in, 500 out,
 * 0.00045 USD, stop`. What is not known is left out. Holds no text of a prompt, an answer or an error.
 */
export function describeCall(call: LlmCall): string {
  const { attempts, inputTokens, outputTokens, costNanoUsd } = call
  const parts = [
    `${call.operation} ${modelLabel(call)} ${describeOutcome(call)} in ${Math.round(call.latencyMs)} ms`,
    call.ttftMs !== null && `first token after ${Math.round(call.ttftMs)} ms`,
    inputTokens !== null && `${inputTokens} tokens in`,
    outputTokens !== null && `${outputTokens}${inputTokens === null ? ' tokens' : ''} out`,
    costNanoUsd !== null && `${formatUsd(costNanoUsd)} USD`,
    attempts.length > 1 && `${attempts.length} attempts`,
    call.finishReason ?? false,
    call.findings.length > 0 && `found ${[...new Set(call.findings.map(({ pattern }) => pattern))].join(' ')}`,
  ]
  return parts
    .filter((part) => part !== false)
    .join(', ')
    .replace(lineBreaks, ' ')
}

/** Names come from outside and must not make a second line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const lineBreaks = /[\u0000-\u001f\u007f\u2028\u2029]+/g

function describeOutcome({ status, errorType, httpStatus }: LlmCall): string {
  if (status !== 'error') return status
  return ['error', errorType, httpStatus !== null && `(HTTP ${httpStatus})`].filter(Boolean).join(' ')
}

const nanosPerUsd = 1e9

function formatUsd(nanoUsd: number): string {
  return (nanoUsd / nanosPerUsd).toFixed(9).replace(/\.?0+$/, '')
}
