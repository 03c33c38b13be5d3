/** Parses the part of JavaScript's regular expressions that pattern files may use. */
import { anyButLineEnd, CharSet, classEscapes } from './char-set.ts'

export type RegexNode =
  /** One code unit of the set; `unit` where the expression spells that one out. */
  | { readonly type: 'set'; readonly set: CharSet; readonly unit?: number }
  | { readonly type: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly type: 'choice'; readonly options: readonly RegexNode[] }
  | RegexRepeat
  /** The first capturing group; later ones are read as if they captured nothing. */
  | { readonly type: 'group'; readonly body: RegexNode }
  /** Matches no text; a lookahead's own text is `body`. */
  | { readonly type: 'assertion'; readonly kind: AssertionKind; readonly body: RegexNode | null }

export interface RegexRepeat {
  readonly type: 'repeat'
  readonly body: RegexNode
  readonly min: number
  readonly max: number
  /** As few as will do. */
  readonly isLazy: boolean
}

export type AssertionKind = 'start' | 'end' | 'word' | 'not_word' | 'ahead' | 'not_ahead'

export type RegexParsed =
  | { readonly ok: true; readonly node: RegexNode }
  | { readonly ok: false; readonly reason: string }

/** Not accepted, with the reason in the message; caught where parsing began. */
class RegexRefusal extends Error {}

export function parseRegex(source: string, ignoreCase: boolean): RegexParsed {
  try {
    new RegExp(source)
    const parser = new RegexParser(source, ignoreCase)
    return { ok: true, node: parser.parse() }
  } catch (error) {
    if (error instanceof RegexRefusal || error instanceof SyntaxError) return { ok: false, reason: error.message }
    throw error
  }
}

const marks: readonly (readonly [string, AssertionKind])[] = [
  ['^', 'start'],
  ['$', 'end'],
  ['\\b', 'word'],
  ['\\B', 'not_word'],
]

const controlEscapes: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, v: 11, f: 12, 0: 0 }

/** Syntax errors have been found by `new RegExp`, so this reads without checking what that has checked. */
class RegexParser {
  readonly #source: string
  readonly #ignoreCase: boolean
  #at = 0
  #groupCount = 0

  constructor(source: string, ignoreCase: boolean) {
    this.#source = source
    this.#ignoreCase = ignoreCase
  }

  parse(): RegexNode {
    return this.#readChoice()
  }

  #peek(text: string): boolean {
    return this.#source.startsWith(text, this.#at)
  }

  #take(text: string): boolean {
    if (!this.#peek(text)) return false
    this.#at += text.length
    return true
  }

  #next(): string {
    const char = this.#source[this.#at] ?? ''
    this.#at++
    return char
  }

  #readChoice(): RegexNode {
    const options = [this.#readSequence()]
    while (this.#take('|')) options.push(this.#readSequence())
    const [only] = options
    return options.length === 1 && only ? only : { type: 'choice', options }
  }

  #readSequence(): RegexNode {
    const items: RegexNode[] = []
    while (this.#at < this.#source.length && !this.#peek('|') && !this.#peek(')')) items.push(this.#readRepeat())
    const [only] = items
    return items.length === 1 && only ? only : { type: 'sequence', items }
  }

  #readRepeat(): RegexNode {
    const body = this.#readAtom()
    const counts = this.#readCounts()
    if (!counts) return body
    return { type: 'repeat', body, ...counts, isLazy: this.#take('?') }
  }

  #readCounts(): { readonly min: number; readonly max: number } | null {
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY }
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY }
    if (this.#take('?')) return { min: 0, max: 1 }
    const braces = /^\{(\d+)(,?)(\d*)\}/.exec(this.#source.slice(this.#at, this.#at + 16))
    if (!braces) return null
    const [all, min = '', comma, max] = braces
    this.#at += all.length
    const most = max ? Number(max) : comma ? Number.POSITIVE_INFINITY : Number(min)
    return { min: Number(min), max: most }
  }

  #readAtom(): RegexNode {
    if (this.#take('(')) return this.#readGroup()
    if (this.#take('[')) return { type: 'set', set: this.#fold(this.#readClass()) }
    if (this.#take('.')) return { type: 'set', set: anyButLineEnd }
    for (const [mark, kind] of marks) if (this.#take(mark)) return { type: 'assertion', kind, body: null }
    if (this.#take('\\')) return { type: 'set', set: this.#fold(this.#readEscape()) }
    const unit = this.#next().charCodeAt(0)
    return { type: 'set', set: this.#fold(CharSet.of([unit])), unit }
  }

  #fold(set: CharSet): CharSet {
    return this.#ignoreCase ? set.ignoreCase() : set
  }

  #readGroup(): RegexNode {
    if (this.#peek('?<=') || this.#peek('?<!')) throw new RegexRefusal('looks behind itself: use validate or context')
    const kind = this.#take('?=') ? 'ahead' : this.#take('?!') ? 'not_ahead' : null
    const isFirstGroup = kind === null && !this.#take('?:') && this.#beginGroup()
    const body = this.#readChoice()
    this.#next()
    if (kind) return { type: 'assertion', kind, body }
    return isFirstGroup ? { type: 'group', body } : body
  }

  #beginGroup(): boolean {
    this.#skipGroupName()
    this.#groupCount++
    return this.#groupCount === 1
  }

  #skipGroupName(): void {
    if (this.#take('?<')) while (this.#next() !== '>' && this.#at < this.#source.length);
    else if (this.#peek('?')) throw new RegexRefusal('has a group of an unknown kind')
  }

  #readClass(): CharSet {
    const isNegated = this.#take('^')
    let set = CharSet.none
    while (!this.#take(']')) {
      const from = this.#readClassPart()
      const isRange = this.#peek('-') && !this.#peek('-]') && typeof from === 'number'
      if (!isRange) {
        set = set.union(typeof from === 'number' ? CharSet.of([from]) : from)
        continue
      }
      this.#next()
      const to = this.#readClassPart()
      set = set.union(typeof to === 'number' ? CharSet.range(from, to) : CharSet.of([from, 45]).union(to))
    }
    // Case is folded before the complement is taken: [^a] with i excludes A too.
    return isNegated ? this.#fold(set).negate() : set
  }

  #readClassPart(): number | CharSet {
    if (!this.#take('\\')) return this.#next().charCodeAt(0)
    if (this.#take('b')) return 8
    if (this.#take('-')) return 45
    const set = this.#readEscape()
    const units = set.listUnits(1)
    return units?.length === 1 && units[0] !== undefined ? units[0] : set
  }

  #readEscape(): CharSet {
    const char = this.#next()
    if (/[1-9]/.test(char) || char === 'k')
      throw new RegexRefusal('refers back to a group: repeat the alternatives instead')
    if (char === 'p' || char === 'P')
      throw new RegexRefusal('uses \\p, which needs the u flag: list the characters instead')
    const named = classEscapes[char]
    if (named) return named
    const control = controlEscapes[char]
    if (control !== undefined) return CharSet.of([control])
    if (char === 'x') return CharSet.of([this.#readHex(2)])
    if (char === 'u') return CharSet.of([this.#readHex(4)])
    if (char === 'c') return CharSet.of([this.#next().charCodeAt(0) % 32])
    return CharSet.of([char.charCodeAt(0)])
  }

  #readHex(length: number): number {
    const text = this.#source.slice(this.#at, this.#at + length)
    if (!/^[0-9a-fA-F]+$/.test(text) || text.length !== length)
      throw new RegexRefusal('has an incomplete \\x or \\u escape')
    this.#at += length
    return Number.parseInt(text, 16)
  }
}
