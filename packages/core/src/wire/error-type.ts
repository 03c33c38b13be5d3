import type { ErrorType } from '../call.ts'
import type { Failure } from './draft.ts'

/** Words in a provider's error type or code that say more than the HTTP status, which many send too coarsely. First match wins. */
const wordTypes: readonly (readonly [RegExp, ErrorType])[] = [
  [/content_?filter|content_policy|responsibleai|safety|moderation|sensitive|guardrail/i, 'content_filter'],
  [/overloaded|unavailable|model_?not_?ready|capacity/i, 'overloaded'],
  [/rate_?limit|too_?many_?requests|throttl|quota|resource_exhausted/i, 'rate_limit'],
  [/timeout|timed_?out|deadline_exceeded/i, 'timeout'],
  [
    /auth|api_?key|permission|access_?denied|unrecognizedclient|expiredtoken|invalidsignature|billing|insufficient_(?:credits|balance)/i,
    'auth',
  ],
  [/cancel/i, 'cancelled'],
  [/server_?error|internal|api_error|modelerror|modelstreamerror|bad_?gateway/i, 'server'],
  [
    /invalid|validation|not_?found|bad_?request|too_(?:large|long|many)|unprocessable|unsupported|context_length/i,
    'invalid_request',
  ],
]

const statusTypes = new Map<number, ErrorType>([
  [401, 'auth'],
  [402, 'auth'],
  [403, 'auth'],
  [407, 'auth'],
  [408, 'timeout'],
  [429, 'rate_limit'],
  [499, 'cancelled'],
  [503, 'overloaded'],
  [504, 'timeout'],
  [524, 'timeout'],
  [529, 'overloaded'],
])

function typeOfStatus(status: number): ErrorType | null {
  const exact = statusTypes.get(status)
  if (exact !== undefined) return exact
  if (status >= 500) return 'server'
  return status >= 400 ? 'invalid_request' : null
}

function typeOfWord(word: string | null): ErrorType | null {
  if (word === null) return null
  const number = Number(word)
  if (Number.isInteger(number)) return typeOfStatus(number)
  return wordTypes.find(([pattern]) => pattern.test(word))?.[1] ?? null
}

/**
 * The bounded type of a failed answer. A status that names its cause stands (an `invalid_request_error` with 401 is a wrong key);
 * 4xx and 5xx in general, and errors inside a 200, are told apart by the provider's own words.
 */
export function classifyError(status: number, failure: Failure | null): ErrorType {
  const byCode = typeOfWord(failure?.code ?? null)
  const byType = typeOfWord(failure?.type ?? null)
  if (byCode === 'content_filter' || byType === 'content_filter') return 'content_filter'
  const exact = statusTypes.get(status)
  if (exact !== undefined) return byCode === 'overloaded' || byType === 'overloaded' ? 'overloaded' : exact
  return specific(byCode) ?? specific(byType) ?? byType ?? byCode ?? typeOfStatus(status) ?? 'other'
}

/** The two general types say less than any other word beside them. */
function specific(type: ErrorType | null): ErrorType | null {
  return type === 'invalid_request' || type === 'server' ? null : type
}
