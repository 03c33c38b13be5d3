import type { Failure } from './draft.ts'
import type { JsonObject } from './json.ts'
import { toArray, toObject, toText } from './json.ts'

/** Source of the header: Amazon's JSON protocols, `Type:http://…` or `Type`. */
export function readAmazonErrorType(header: string | null): string | null {
  return toText(header?.split(':')[0])
}

function toCode(value: unknown): string | null {
  return typeof value === 'number' ? String(value) : toText(value)
}

function firstMessage(...values: readonly unknown[]): string | null {
  for (const value of values) {
    const message = toText(value)
    if (message !== null) return message
  }
  return null
}

/** An `error` member: OpenAI's and Anthropic's object, Google's with `status`, or just a message. Null when it says nothing. */
export function readErrorMember(error: unknown): Failure | null {
  if (typeof error === 'string') return error === '' ? null : { type: null, code: null, message: error }
  const object = toObject(error)
  if (object === null) return null
  return {
    type: firstMessage(object.type, object.status),
    code: toCode(object.code),
    message: firstMessage(object.message, object.error, object.detail),
  }
}

/** The body of an answer with an error status: with an `error` member, or flat as Cohere, Bedrock, FastAPI and xAI send it. */
export function readErrorBody(body: JsonObject): Failure {
  const member = readErrorMember(body.error)
  const flat = {
    type: firstMessage(body.error_type, body.type, toText(body.__type)?.split('#').pop(), body.status),
    code: toCode(body.code),
    message: firstMessage(
      body.message,
      body.Message,
      body.detail,
      firstDetail(body.detail),
      firstDetail(toObject(body.message)?.detail),
    ),
  }
  if (member === null) return { ...flat, type: flat.type === 'error' ? null : flat.type }
  return {
    type: member.type ?? toText(body.error_type),
    code: member.code ?? flat.code,
    message: member.message ?? flat.message,
  }
}

/** FastAPI's validation errors. */
function firstDetail(detail: unknown): string | null {
  return toText(toObject(toArray(detail)[0])?.msg)
}
