/** How a span says that its call failed: status, `error.type`, exception event, and words in messages. */
import { attribute } from '@inferometer/core/attributes'
import type { ErrorType, LlmCall } from '@inferometer/core/call'
import type { Span } from '@inferometer/core/otlp/model'
import { classifyError } from '@inferometer/core/wire/error-type'
import { readCount, readText } from './attribute-values.ts'

export type Failure = Pick<LlmCall, 'status' | 'errorType' | 'errorCode' | 'errorMessage' | 'httpStatus'>

const errorStatus = 2

export function readFailure(span: Span): Failure {
  const code = readText(span.attributes, attribute.errorType, 'error.code')
  const httpStatus = readCount(span.attributes, attribute.httpStatus, 'http.status_code')
  if (span.statusCode !== errorStatus && code === null) return toSuccess(httpStatus)
  const exception = span.events.find(({ name }) => name === 'exception')?.attributes
  const exceptionType = exception ? readText(exception, 'exception.type') : null
  const message =
    orNull(span.statusMessage) ??
    (exception ? readText(exception, 'exception.message') : null) ??
    readText(span.attributes, 'error.message', 'exception.message')
  return toFailure({ code: code ?? exceptionType, message, httpStatus })
}

export function toSuccess(httpStatus: number | null): Failure {
  return { status: 'success', errorType: null, errorCode: null, errorMessage: null, httpStatus }
}

export function toFailure(known: {
  readonly code: string | null
  readonly message: string | null
  readonly httpStatus: number | null
}): Failure {
  const written = known.message === null ? null : readWrittenError(known.message)
  const httpStatus = known.httpStatus ?? written?.httpStatus ?? null
  const named = known.code !== null && !saysNothing.test(known.code) ? known.code : null
  const errorCode = named ?? written?.type ?? known.code
  const errorType = toErrorType({ code: errorCode, message: known.message, httpStatus })
  const status = errorType === 'cancelled' ? 'cancelled' : 'error'
  return { status, errorType, errorCode, errorMessage: known.message, httpStatus }
}

/** Class names that are given to every error. */
const saysNothing =
  /^(?:[\w.]+\.)?(?:Error|Exception|_OTHER|AI_APICallError|AI_RetryError|APIError|ApiError|APIStatusError|HTTPStatusError|ModelHTTPError|ClientError|ServerError|ClientResultException|RequestFailedException|HttpRequestException|HttpResponseError)$/

/** Names of exception classes of client libraries, which say what no provider's answer says. */
const clientErrors: readonly (readonly [RegExp, ErrorType])[] = [
  [/abort|cancel|GeneratorExit|KeyboardInterrupt/i, 'cancelled'],
  [/timeout|timed.?out/i, 'timeout'],
  [
    /connection|connect(?:or)?.?error|network|socket|econn|enotfound|eai_again|fetch.?error|fetch failed/i,
    'connection',
  ],
  [/content.?policy/i, 'content_filter'],
  [/context.?(?:window|length)|no.?such|unknown.?model/i, 'invalid_request'],
]

/** What the messages of providers and client libraries say where the span carries nothing else. */
const messageWords: readonly (readonly [RegExp, ErrorType])[] = [
  [/request was aborted|was cancell?ed|operation was aborted/i, 'cancelled'],
  [/content (?:filter|policy|management)|safety system/i, 'content_filter'],
  [/rate.?limit|too many requests|quota|throttl/i, 'rate_limit'],
  [/api.?key|unauthori[sz]ed|authenticat|permission|forbidden|access denied|credit balance/i, 'auth'],
  [/overloaded|service unavailable|at capacity/i, 'overloaded'],
  [/timed? ?out|deadline exceeded/i, 'timeout'],
  [/connection error|connect(?:ion)? (?:refused|reset)|fetch failed|econn|socket hang up|network error/i, 'connection'],
  [
    /too long|context.length|maximum.context|does not exist|not found|invalid|unsupported|bad request|must be|not supported/i,
    'invalid_request',
  ],
  [/internal server error|bad gateway|server had an error/i, 'server'],
]

function toErrorType(error: {
  readonly code: string | null
  readonly message: string | null
  readonly httpStatus: number | null
}): ErrorType {
  const { code, message, httpStatus } = error
  if (httpStatus === null) {
    const byClass = code === null ? undefined : clientErrors.find(([pattern]) => pattern.test(code))
    if (byClass) return byClass[1]
  }
  const type = classifyError(httpStatus ?? 0, { type: code, code: null, message: null })
  if (type !== 'other' || message === null) return type
  return messageWords.find(([pattern]) => pattern.test(message))?.[1] ?? 'other'
}

/** `401 Incorrect API key`, `Error code: 429 - {…}`, `Request failed with status code 503`. */
const statusPattern = /^(?:\w*Error: ?)?(?:Error code: ?)?([45]\d\d)\b|status(?: code)?:? ([45]\d\d)\b/i

/** The error's type in a JSON body or a Python dict that the message quotes. */
const typePattern = /["']type["']: ?["'](?!error["'])([\w.-]{1,64})["']/

const scannedChars = 2_000

function readWrittenError(message: string): { readonly httpStatus: number | null; readonly type: string | null } {
  const head = message.slice(0, scannedChars)
  const status = statusPattern.exec(head)
  const digits = status?.[1] ?? status?.[2]
  return { httpStatus: digits === undefined ? null : Number(digits), type: typePattern.exec(head)?.[1] ?? null }
}

function orNull(text: string): string | null {
  return text === '' ? null : text
}
