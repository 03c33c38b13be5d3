/** Views of texts that were respelt: l33t, l e t t e r s, rotated, reversed, escaped. */

import { readLeet } from './leet.ts'
import { kinds, listLetters } from './letters.ts'
import type { View } from './view.ts'
import { ViewBuilder } from './view.ts'
import { rotate13 } from './vocabulary.ts'

/** One unit for each. */
function sameLength(text: string, respelt: string): View {
  const from = Int32Array.from({ length: text.length }, (_, at) => at)
  return { text: respelt, from, to: from.map((at) => at + 1) }
}

export function showLeet(text: string): View {
  return sameLength(text, readLeet(text))
}

export function showRotated(text: string): View {
  return sameLength(text, rotate13(text))
}

export function showReversed(text: string): View {
  const view = new ViewBuilder()
  for (let at = text.length - 1; at >= 0; at--) view.push(text[at] ?? '', at, at + 1)
  return view.build()
}

const isSpace = (unit: number) =>
  unit === 32 || unit === 10 || unit === 9 || unit === 13 || unit === 0x3000 || unit === 0xa0

/** Takes out what stands between single letters: a space, or a mark where marks are in the spaces' place. */
export function showSpaced(text: string): View {
  const { kindOf } = listLetters()
  const { length } = text
  const from = new Int32Array(length)
  // Outside of the text counts as a mark.
  const isMark = (at: number) => {
    if (at < 0 || at >= length) return true
    const kind = kindOf[text.charCodeAt(at)]
    return kind === kinds.separator || kind === kinds.sentenceEnd
  }
  let shown = ''
  let size = 0
  let kept = 0
  for (let at = 0; at < length; at++) {
    const isAlone = at > 0 && at + 1 < length && isMark(at) && isMark(at - 2) && isMark(at + 2)
    if (isAlone && ((!isMark(at - 1) && !isMark(at + 1)) || isSpaceBetween(text, at))) {
      shown += text.slice(kept, at)
      kept = at + 1
    } else from[size++] = at
  }
  shown += text.slice(kept)
  const used = from.subarray(0, size)
  return { text: shown, from: used, to: used.map((at) => at + 1), isJoined: isJoined(shown) }
}

/** Twenty letters and hardly a space: the spaces were taken out with the rest. */
function isJoined(text: string): boolean {
  let spaces = 0
  for (let at = text.indexOf(' '); at >= 0; at = text.indexOf(' ', at + 1)) spaces++
  return text.length >= 20 && spaces * 30 < text.length
}

function isSpaceBetween(text: string, at: number): boolean {
  return isSpace(text.charCodeAt(at)) && !isSpace(text.charCodeAt(at - 1)) && !isSpace(text.charCodeAt(at + 1))
}

const named: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  shy: '',
  zwnj: '',
  zwj: '',
}

const escaped =
  /(?:%[0-9a-f]{2})+|&#x([0-9a-f]{1,6});|&#(\d{1,7});|&([a-z]{2,5});|\\u([0-9a-f]{4})|\\u\{([0-9a-f]{1,6})\}|\\x([0-9a-f]{2})|<\/?[a-z][a-z0-9]{0,10}(?:\s[^<>]{0,120})?\/?>|<!--[^<>]{0,40}-->|\+/gi

/** Percent, entity and backslash escapes as their characters; tags as nothing, so that they do not part words. */
export function showUnescaped(text: string): View {
  const view = new ViewBuilder()
  let kept = 0
  const keep = (end: number) => {
    for (let at = kept; at < end; at++) view.push(text[at] ?? '', at, at + 1)
  }
  const isPercentText = /%20/.test(text) || /\+[a-z]+\+/i.test(text)
  for (const match of text.matchAll(escaped)) {
    const [whole] = match
    keep(match.index)
    kept = match.index + whole.length
    view.push(readEscape(match, isPercentText), match.index, kept)
  }
  keep(text.length)
  return view.build()
}

function readEscape([whole, hex, decimal, name, ...units]: RegExpMatchArray, isPercentText: boolean): string {
  if (whole === '+') return isPercentText ? ' ' : '+'
  if (whole.startsWith('%')) return readPercent(whole)
  if (name !== undefined) return named[name.toLowerCase()] ?? whole
  const code = hex ?? units.find((unit) => unit !== undefined)
  if (code === undefined && decimal === undefined) return ''
  const point = code === undefined ? Number(decimal) : Number.parseInt(code, 16)
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : ' '
}

function readPercent(escapes: string): string {
  const bytes = Uint8Array.from(escapes.slice(1).split('%'), (hex) => Number.parseInt(hex, 16))
  return new TextDecoder().decode(bytes)
}
