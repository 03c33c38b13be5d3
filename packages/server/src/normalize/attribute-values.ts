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
  const number = readNumber(attributes, ...names)
  return number === null || number > Number.MAX_SAFE_INTEGER ? null : Math.round(number)
}

export function readFlag(attributes: Attributes, name: string): boolean {
  const value = attributes.get(name)
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true')
}

/** An array of text, or the same as JSON text, or one word. */
export function readTexts(attributes: Attributes, name: string): readonly string[] {
  const value = attributes.get(name)
  if (Array.isArray(value)) return value.filter((item): item is string => typeof item === 'string')
  if (typeof value !== 'string' || value === '') return []
  if (!value.startsWith('[')) return [value]
  const parsed = parseJson(value)
  return Array.isArray(parsed) ? parsed.filter((item): item is string => typeof item === 'string') : [value]
}

function toNumber(value: AnyValue | undefined): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string' || !/^\d+(\.\d+)?$/.test(value)) return null
  return Number(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
