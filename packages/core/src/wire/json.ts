/** Reading JSON that anybody may have sent: every accessor gives a value of the asked kind or null, never throws. */

export interface JsonObject {
  readonly [key: string]: unknown
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function toObject(value: unknown): JsonObject | null {
  return isObject(value) ? value : null
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Empty when the value is no array. */
export function toArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Empty when the value is no array; what is no object in it is left out. */
export function toObjects(value: unknown): readonly JsonObject[] {
  return toArray(value).filter(isObject)
}

/** Null for the empty string: providers send "" where they mean "none". */
export function toText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** A whole number of things, 0 or more. */
export function toCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.round(value) : null
}

/** JSON text of a value that some APIs send as text and others as an object. */
export function toJsonText(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return null
  try {
    return JSON.stringify(value)
  } catch {
    // Nested deeper than the stack: parsing can read it, writing cannot.
    return null
  }
}

const decoder = new TextDecoder()

/** Invalid UTF-8 becomes U+FFFD; a leading byte order mark is dropped. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}
