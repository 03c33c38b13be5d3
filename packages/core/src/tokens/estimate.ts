/**
 * Token counts without a tokenizer's 70 MB: how many tokens a text has in the o200k encoding, to about a tenth.
 * Walks the text once and cuts it as that encoding does (words with the space before them, digits by three, runs of
 * punctuation and of white space), then charges each piece what pieces of its kind and length cost on average.
 */

/** A word of up to `short` letters is one token; each further letter adds `perLetter`. */
interface WordCost {
  readonly short: number
  readonly perLetter: number
}

const english: WordCost = { short: 7, perLetter: 0.05 }
const capitals: WordCost = { short: 4, perLetter: 0.3 }
const westernLatin: WordCost = { short: 4, perLetter: 0.24 }
const easternLatin: WordCost = { short: 3, perLetter: 0.37 }
const vietnamese: WordCost = { short: 1, perLetter: 0.13 }
const greek: WordCost = { short: 3, perLetter: 0.48 }
const cyrillic: WordCost = { short: 3, perLetter: 0.33 }
const semitic: WordCost = { short: 2, perLetter: 0.34 }
const indic: WordCost = { short: 2, perLetter: 0.32 }
const thai: WordCost = { short: 1, perLetter: 0.4 }
const cjk: WordCost = { short: 1, perLetter: 0.82 }
const unseen: WordCost = { short: 1, perLetter: 0.9 }

/** First code unit of each range of letters, ascending. */
const scripts: readonly (readonly [from: number, cost: WordCost])[] = [
  [0x00c0, westernLatin],
  [0x0100, easternLatin],
  [0x0250, unseen],
  [0x0370, greek],
  [0x0400, cyrillic],
  [0x0530, unseen],
  [0x0590, semitic],
  [0x0700, unseen],
  [0x0900, indic],
  [0x0e00, thai],
  [0x0e80, unseen],
  [0x1e00, vietnamese],
  [0x1f00, greek],
]
const firstSymbol = 0x2000
const firstCjk = 0x3040
const firstSurrogate = 0xd800
const lastSurrogate = 0xdfff

type Kind = 'letter' | 'digit' | 'space' | 'newline' | 'punctuation' | 'pair'

function kindOf(unit: number): Kind {
  if (unit >= 97 && unit <= 122) return 'letter'
  if (unit === 32 || unit === 9 || unit === 0xa0) return 'space'
  if (unit >= 65 && unit <= 90) return 'letter'
  if (unit >= 48 && unit <= 57) return 'digit'
  if (unit === 10 || unit === 13) return 'newline'
  if (unit < 0xc0) return unit === 0xaa || unit === 0xb5 || unit === 0xba ? 'letter' : 'punctuation'
  if (unit === 0xd7 || unit === 0xf7) return 'punctuation'
  if (unit < firstSymbol) return 'letter'
  if (unit < firstCjk || unit === 0xfeff || unit >= 0xff00) return 'punctuation'
  return unit >= firstSurrogate && unit <= lastSurrogate ? 'pair' : 'letter'
}

function scriptOf(unit: number): WordCost {
  if (unit >= firstCjk) return cjk
  let found = english
  for (const [from, cost] of scripts) if (unit >= from) found = cost
  return found
}

function costOfWord(cost: WordCost, length: number): number {
  return length <= cost.short ? 1 : 1 + (length - cost.short) * cost.perLetter
}

/** Words that only the one or the other sort of text is full of. */
const englishWords = /\b(?:the|and|of|to|is|that|for|with|you|this|are|was|it|not|be|have)\b/gi
const otherWords =
  /\b(?:de|la|el|los|las|que|un|una|en|y|con|le|les|des|du|et|est|der|die|das|und|ein|eine|den|mit|ist|il|di|che|per|non|het|een|van|het|op|e|o|da|do|uma|com|os|na|w|z|się|bir|ve)\b/gi
const languageSampleLength = 4_000

/** The cost of words in plain letters: English and code, or another language of the Latin script. */
function guessLatin(text: string): WordCost {
  const sample = text.slice(0, languageSampleLength)
  const others = (sample.match(otherWords)?.length ?? 0) + (sample.match(/[à-öø-ÿ]/g)?.length ?? 0)
  const eastern = sample.match(/[ą-ż]/g)?.length ?? 0
  const englishCount = sample.match(englishWords)?.length ?? 0
  // A few loan words and names do not make a text foreign, and code has no function words at all.
  if (others + eastern < 4 || englishCount >= others + eastern) return english
  return eastern > 4 && eastern * 3 > others ? easternLatin : westernLatin
}

/** Longer words of English are rarer ones and fall apart faster. */
const rareEnglishLength = 13
const rareEnglishPerLetter = 0.3

interface Word {
  readonly length: number
  readonly isCapitals: boolean
  readonly script: WordCost
  /** What stands before it: a space belongs to the word, a mark joins it for half a token, a letter or digit does not. */
  readonly before: Kind | null
}

function estimateWord(word: Word, latin: WordCost): number {
  const { length, script } = word
  const isPlain = script === english
  const cost = !isPlain ? script : word.isCapitals && length > 1 ? capitals : latin
  let tokens = costOfWord(cost, length)
  if (cost === english && length > rareEnglishLength) tokens += (length - rareEnglishLength) * rareEnglishPerLetter
  // Without a space before it a word is met less often: most of the vocabulary begins with one.
  if (isPlain && word.before !== 'space' && length > 6) tokens += 0.35
  return tokens
}

/** About how many tokens the text has. 0 for an empty text, at least 1 for any other. */
export function estimateTokens(text: string): number {
  if (text === '') return 0
  const latin = guessLatin(text)
  let tokens = 0
  let before: Kind | null = null
  let at = 0
  while (at < text.length) {
    const kind = kindOf(text.charCodeAt(at))
    if ((kind === 'letter' || kind === 'digit') && before !== 'letter' && before !== 'digit') {
      const noise = measureNoise(text, at)
      if (noise > 0) {
        tokens += noise * noiseTokensPerUnit
        before = 'letter'
        at += noise
        continue
      }
    }
    const ending = before === 'letter' && kind === 'punctuation' ? measureContraction(text, at) : 0
    if (ending > 0) {
      at += ending
      continue
    }
    const end = kind === 'letter' ? endOfWord(text, at) : endOfRun(text, at, kind)
    const length = end - at
    const next = end < text.length ? kindOf(text.charCodeAt(end)) : null
    if (kind === 'letter') tokens += estimateWord(readWord(text, at, { end, before }), latin)
    else if (kind === 'digit') tokens += Math.ceil(length / 3)
    else if (kind === 'pair') tokens += length * 0.8
    else if (kind === 'newline') tokens += before === 'punctuation' ? 0 : 1
    else if (kind === 'space') tokens += estimateSpaces(length, next)
    else tokens += estimatePunctuation(text, at, { end, next })
    before = kind
    at = end
  }
  return Math.max(1, Math.round(tokens))
}

/** Base64, hashes, keys: nothing in them is a word. */
const noiseTokensPerUnit = 0.62
const noiseLengthMin = 32

/** Length of the run of letters and digits at `start` when it keeps changing between them and between cases; else 0. */
function measureNoise(text: string, start: number): number {
  let end = start
  let changes = 0
  let last = ''
  while (end < text.length) {
    const unit = text.charCodeAt(end)
    const sort = isCapital(unit)
      ? 'A'
      : unit >= 97 && unit <= 122
        ? 'a'
        : unit >= 48 && unit <= 57
          ? '0'
          : '+/='.includes(text[end] ?? ' ')
            ? '/'
            : ''
    if (sort === '') break
    if (sort !== last) changes++
    last = sort
    end++
  }
  const length = end - start
  return length >= noiseLengthMin && changes * 4 > length ? length : 0
}

/** Length of `'s`, `'t`, `'ll` … at `start`: it is one token with the word before it. 0 when it is none. */
function measureContraction(text: string, start: number): number {
  const mark = text[start]
  if (mark !== "'" && mark !== '’') return 0
  const end = endOfRun(text, start + 1, 'letter')
  return end <= start + 3 && end > start + 1 && kindOf(text.charCodeAt(start + 1)) === 'letter' ? end - start : 0
}

/** The last space goes with what follows, unless that is a number; the ones before it are one token. */
function estimateSpaces(length: number, next: Kind | null): number {
  if (next === 'newline') return 0
  const joins = next === 'letter' || next === 'punctuation' || next === 'pair'
  return joins ? (length > 1 ? 1 : 0) : 1
}

function estimatePunctuation(
  text: string,
  at: number,
  context: { readonly end: number; readonly next: Kind | null },
): number {
  const length = context.end - at
  const isOneMark = length === 1
  if (isOneMark) return context.next === 'letter' ? 0.4 : 1
  let same = true
  for (let each = at + 1; each < context.end && same; each++) same = text.charCodeAt(each) === text.charCodeAt(at)
  return same ? 1 + length / 40 : Math.max(1, length / 2.4)
}

function readWord(text: string, at: number, context: { readonly end: number; readonly before: Kind | null }): Word {
  let script = scriptOf(text.charCodeAt(at))
  let isCapitals = true
  for (let each = at; each < context.end; each++) {
    const unit = text.charCodeAt(each)
    if (unit < 65 || unit > 90) isCapitals = false
    // One accented letter tells the language of the whole word.
    if (unit >= 0xc0 && script === english) script = scriptOf(unit)
    if (unit >= 0x0100 && script === westernLatin) script = scriptOf(unit)
  }
  return { length: context.end - at, isCapitals, script, before: context.before }
}

function endOfRun(text: string, start: number, kind: Kind): number {
  let end = start + 1
  while (end < text.length && kindOf(text.charCodeAt(end)) === kind) end++
  return end
}

function isCapital(unit: number): boolean {
  return unit >= 65 && unit <= 90
}

/** To the end of the letters, or to a capital after a small letter: `camelCase` is two words. */
function endOfWord(text: string, start: number): number {
  let end = start + 1
  while (end < text.length) {
    const unit = text.charCodeAt(end)
    if (kindOf(unit) !== 'letter') break
    const last = text.charCodeAt(end - 1)
    if (isCapital(unit) && last >= 97 && last <= 122) break
    end++
  }
  return end
}
