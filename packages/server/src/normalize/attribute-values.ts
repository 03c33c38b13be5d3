/** Reads attributes as they really come: counts as text or doubles, lists as JSON text, booleans in Python's spelling. */
import type { AnyValue, Attributes } from '@inferometer/core/otlp/model'

/** The first of the names that holds text that is not blank. */
export function readText(attributes: Attributes, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = attributes.get(name)
    if (typeof value === 'string' && value.trim() !== '') return value
    if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  }
  return null
}

/** What JavaScript and Python make of nothing when it is written as text. */
const nothing = /^(?:None|null|undefined|nil)$/

/** As `readText`, but not the words for nothing: of users and sessions, which would all be one. */
export function readKnownText(attributes: Attributes, ...names: readonly string[]): string | null {
  for (const name of names) {
    const text = readText(attributes, name)
    if (text !== null && !nothing.test(text)) return text
  }
  return null
}

/** The first of the names that holds a number. Negative and broken numbers count as not there. */
export function readNumber(attributes: Attributes, ...names: readonly string[]): number | null {
  for (const name of names) {
    const number = toNumber(attributes.get(name))
    if (number !== null && number >= 0) return number
  }
  return null
}

/** A whole number, as `readNumber`. */
export function readCount(attributes: Attributes, ...names: readonly string[]): number | null {
  for (const name of names) {
    const count = toCount(attributes.get(name))
    if (count !== null) return count
  }
  return null
}

/** True when one of the names is true; false when the first that is there is not. Null: none is there. */
export function readFlag(attributes: Attributes, ...names: readonly string[]): boolean | null {
  for (const name of names) {
    const value = attributes.get(name)
    if (typeof value === 'boolean') return value
    if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  }
  return null
}

/** An array of text, the same as JSON text, comma-joined words, or one word. Blank items are left out. */
export function readTexts(attributes: Attributes, name: string): readonly string[] {
  return toTexts(attributes.get(name))
}

export function toTexts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.filter((item): item is string => typeof item === 'string' && item !== '')
  if (typeof value !== 'string' || value.trim() === '') return []
  if (value.startsWith('[')) {
    const parsed = parseJson(value)
    if (Array.isArray(parsed)) return toTexts(parsed)
  }
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** Structured values as they are, JSON text parsed; anything else is undefined. */
export function readJson(attributes: Attributes, ...names: readonly string[]): unknown {
  for (const name of names) {
    const value = attributes.get(name)
    if (value === undefined || value === null || value === '') continue
    if (typeof value !== 'string') return unpackItems(value)
    const parsed = parseJson(value)
    if (parsed !== undefined) return unpackJson(parsed)
  }
  return undefined
}

/** JSON within JSON text, and lists whose items are JSON texts: some emitters encode twice, others item by item. */
export function unpackJson(value: unknown): unknown {
  if (typeof value !== 'string') return unpackItems(value)
  return /^\s*[[{]/.test(value) ? (parseJson(value) ?? value) : value
}

function unpackItems(value: unknown): unknown {
  if (!Array.isArray(value) || typeof value[0] !== 'string' || !/^\s*[[{]/.test(value[0])) return value
  return value.map((item) => (typeof item === 'string' ? (parseJson(item) ?? item) : item))
}

/** Undefined for what is no JSON: emitters and collectors cut long texts. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Null for what has no JSON text: values nested deeper than the stack, which attackers send. */
export function toJsonText(value: unknown): string | null {
  try {
    return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item)) ?? null
  } catch {
    return null
  }
}

export type JsonObject = { readonly [key: string]: unknown }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}

/** The first of the keys that holds text that is not blank. */
export function textIn(object: unknown, ...keys: readonly string[]): string | null {
  if (!isObject(object)) return null
  for (const key of keys) {
    const value = object[key]
    if (typeof value === 'string' && value !== '') return value
  }
  return null
}

/** The first of the keys that holds a count. */
export function countIn(object: unknown, ...keys: readonly string[]): number | null {
  if (!isObject(object)) return null
  for (const key of keys) {
    const count = toCount(object[key])
    if (count !== null) return count
  }
  return null
}

function toCount(value: unknown): number | null {
  const number = toNumber(value)
  return number === null || number < 0 || number > Number.MAX_SAFE_INTEGER ? null : Math.round(number)
}

/** Null for what is no number, nor text of one. */
export function toNumber(value: AnyValue | unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string' || !/^\d+(\.\d+)?(e[+-]?\d{1,3})?$/i.test(value)) return null
  return Number(value)
}
