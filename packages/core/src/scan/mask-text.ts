/** A text with what was found in it replaced, also where it is written in escapes or encoded. */
import type { Finding } from '../call.ts'
import { encodeBase64 } from '../otlp/base64.ts'
import { decodeBase64 } from '../wire/base64.ts'
import { leavePlaceholders } from './placeholders.ts'
import { type RedactOptions, redact } from './redact.ts'

export interface MaskOptions extends RedactOptions {
  readonly scan: (text: string) => readonly Finding[]
}

/** Whatever it gives holds nothing that `scan` finds: plain, in JSON's, URL and HTML escapes, and in base64. */
export type MaskText = (text: string) => string

/** JSON in JSON, base64 of URL escapes: deeper than anybody nests them by accident. */
const maxDepth = 4

export function createMask({ scan, ...options }: MaskOptions): MaskText {
  const maskPlain = (text: string) => redact(text, leavePlaceholders(text, scan(text)), options)
  const maskAt = (text: string, depth: number): string => {
    if (text === '') return text
    const deeper = (inner: string) => (depth < maxDepth ? maskAt(inner, depth + 1) : maskPlain(inner))
    return maskEncoded(maskPlain(maskJson(text, deeper)), deeper)
  }
  return (text) => maskAt(text, 0)
}

/**
 * In JSON an address behind a line end begins with the `n` of its escape, and `\u0040` is an @: so the values are masked, not their
 * spelling. A text whose values hold nothing stays as it was written.
 */
function maskJson(text: string, mask: MaskText): string {
  if (!text.includes('\\') || !/^\s*[[{"]/.test(text)) return text
  const value = parse(text)
  if (value === undefined) return text
  let isChanged = false
  const change = (inner: string) => {
    const masked = mask(inner)
    if (masked !== inner) isChanged = true
    return masked
  }
  const masked = mapStrings(value, change, 0)
  return isChanged ? JSON.stringify(masked) : text
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Deeper values are left to the pass over the whole text. */
const deepestValue = 100

function mapStrings(value: unknown, change: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return change(value)
  if (typeof value !== 'object' || value === null || depth > deepestValue) return value
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change, depth + 1))
  const entries = Object.entries(value).map(([name, item]) => [change(name), mapStrings(item, change, depth + 1)])
  return Object.fromEntries(entries)
}

const runs = /[^\s"'<>()[\]{},]+/g
const escapes = /%[0-9a-f]{2}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|commat|period);/i
const base64 = /[A-Za-z0-9+/_-]{12,}={0,2}/g

/** Each run of characters that is written in escapes, or is base64 of text, is read, and replaced if something is found in it. */
function maskEncoded(text: string, mask: MaskText): string {
  const unescaped = escapes.test(text)
    ? text.replace(runs, (run) => (escapes.test(run) ? maskAs(run, unescapeText(run), mask) : run))
    : text
  return unescaped.replace(base64, (run) => {
    const decoded = readBase64(run)
    if (decoded === null) return run
    const masked = mask(decoded)
    return masked === decoded ? run : encodeBase64(new TextEncoder().encode(masked))
  })
}

function maskAs(run: string, decoded: string, mask: MaskText): string {
  if (decoded === run) return run
  const masked = mask(decoded)
  return masked === decoded ? run : masked
}

const named: Readonly<Record<string, string>> = { '&commat;': '@', '&period;': '.' }

function unescapeText(text: string): string {
  return text
    .replace(/(?:%[0-9a-f]{2})+/gi, decodePercent)
    .replace(/\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/gi, (_, long, short) =>
      String.fromCharCode(Number.parseInt(long ?? short, 16)),
    )
    .replace(/&#x([0-9a-f]{1,6});|&#(\d{1,7});/gi, (written, hex, decimal) => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : written
    })
    .replace(/&(?:commat|period);/g, (name) => named[name] ?? name)
}

function decodePercent(written: string): string {
  try {
    return decodeURIComponent(written)
  } catch {
    // Not UTF-8, so no text that could be read.
    return written
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
// biome-ignore lint/suspicious/noControlCharactersInRegex: they tell bytes from text
const controls = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/

/** Null: no base64, or not of text. */
function readBase64(run: string): string | null {
  if (run.replace(/=+$/, '').length % 4 === 1) return null
  try {
    const text = utf8.decode(decodeBase64(run.replaceAll('-', '+').replaceAll('_', '/')))
    return controls.test(text) ? null : text
  } catch {
    return null
  }
}
