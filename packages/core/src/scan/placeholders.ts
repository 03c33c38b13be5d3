import type { Finding } from '../call.ts'
import type { PlaceholderOf } from './redact.ts'

/** 48 bits: among a million customers two share a pseudonym with a chance of 1 in 560. */
const digestDigits = 12
const placeholder = /\[[A-Z][A-Z0-9_]{0,63}(?::[0-9a-f]{12})?\]/g

/**
 * Placeholders that stay the same for the same value, `[EMAIL:3f9a0c4b21de]`, so that the calls of one customer can still be told from
 * those of others. `digest`: a keyed hash (HMAC-SHA-256) in hex; without the key nobody can try out values.
 */
export function createPseudonyms(digest: (text: string) => string): PlaceholderOf {
  return (pattern, matched) => `[${pattern.toUpperCase()}:${digest(toCanonical(matched)).slice(0, digestDigits)}]`
}

/** One spelling for what people write in several: case, and the spaces and hyphens in numbers. */
function toCanonical(value: string): string {
  const folded = value.normalize('NFKC').toLowerCase().trim()
  return folded.includes('@') ? folded : folded.replace(/[\s()./-]+/g, '')
}

/** The findings that are not inside a placeholder: a text that was masked before holds hashes, which look like many things. */
export function leavePlaceholders(text: string, findings: readonly Finding[]): readonly Finding[] {
  if (findings.length === 0 || !text.includes('[')) return findings
  const places = [...text.matchAll(placeholder)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }))
  if (places.length === 0) return findings
  return findings.filter(({ start, end }) => !places.some((place) => place.start <= start && end <= place.end))
}
