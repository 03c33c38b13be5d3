/**
 * Runs an expression at one place of a text, with the matches that JavaScript's own engine finds. Its own, because what
 * is asked of it is more: work that grows with the text and nothing else, and that can be counted. A run of one class
 * of characters is measured once, however many starts lead into it.
 */
import type { CharSet } from './char-set.ts'
import { buildTester, compileChoice, compileLiteral } from './matcher-parts.ts'
import type { Continue, MatchState } from './matcher-state.ts'
import { isWordUnit } from './matcher-state.ts'
import { type Follow, firstOf, followInLoop, followOf, freeEnd, isDecided } from './regex-follow.ts'
import { measureLength, unboundedLengthMax } from './regex-length.ts'
import type { RegexNode, RegexRepeat } from './regex-syntax.ts'

export interface Matcher {
  /** Code units of the longest match. */
  readonly lengthMax: number
  /** End of the match that begins at `start`, else -1. */
  match(text: string, start: number): number
  /** Lets go of the text. */
  forget(): void
  /** Place of the first group in the last match; -1 when it took no part. */
  readonly group: { readonly start: number; readonly end: number }
  /** Characters and branches looked at so far. */
  readonly steps: number
}

export function createMatcher(node: RegexNode): Matcher {
  return createLateMatcher(measureLength(node).max, () => node)
}

/** Compiled when it is first asked: most expressions of a set never are. */
export function createLateMatcher(lengthMax: number, parse: () => RegexNode): Matcher {
  const state: MatchState = { text: '', length: 0, pass: 0, steps: 0, groupStart: -1, groupEnd: -1 }
  let run: Continue | null = null
  return {
    lengthMax,
    match(text, start) {
      run ??= new Compiler(state).compile(parse(), (at) => at, freeEnd)
      if (text !== state.text) {
        state.text = text
        state.length = text.length
        state.pass++
      }
      state.groupStart = -1
      return run(start)
    },
    forget() {
      state.text = ''
      state.length = 0
    },
    get group() {
      return { start: state.groupStart, end: state.groupEnd }
    },
    get steps() {
      return state.steps
    },
  }
}

/** Shorter runs are not worth remembering. */
const rememberedRunMin = 24

class Compiler {
  readonly #state: MatchState
  /** Inside of a loop, what comes next depends on how often it was run through. */
  #loopDepth = 0

  constructor(state: MatchState) {
    this.#state = state
  }

  compile(node: RegexNode, next: Continue, follow: Follow): Continue {
    switch (node.type) {
      case 'set':
        return compileLiteral(this.#state, [node.set], next)
      case 'sequence':
        return this.#compileSequence(node.items, next, follow)
      case 'choice': {
        const options = node.options.map((option) => ({
          run: this.compile(option, next, follow),
          first: firstOf(option),
          isNullable: measureLength(option).min === 0,
        }))
        return compileChoice(this.#state, options)
      }
      case 'repeat':
        return node.body.type === 'set'
          ? this.#compileRun(node, node.body.set, { next, follow })
          : this.#compileLoop(node, next, follow)
      case 'group':
        return this.#compileGroup(node.body, next, follow)
      case 'assertion':
        return this.#compileAssertion(node, next)
    }
  }

  #compileSequence(items: readonly RegexNode[], next: Continue, follow: Follow): Continue {
    let run = next
    let after = follow
    let literal: CharSet[] = []
    let literalNext = next
    const endLiteral = () => {
      if (literal.length > 0) run = compileLiteral(this.#state, literal, literalNext)
      literal = []
    }
    for (const item of items.toReversed()) {
      if (item.type === 'set') {
        if (literal.length === 0) literalNext = run
        literal.unshift(item.set)
      } else {
        endLiteral()
        run = this.compile(item, run, after)
      }
      after = followOf(item, after)
    }
    endLiteral()
    return run
  }

  #compileRun({ min, max, isLazy }: RegexRepeat, set: CharSet, { next, follow }: RunContext): Continue {
    const most = max === Number.POSITIVE_INFINITY ? min + unboundedLengthMax : max
    const findEnd = this.#compileRunEnd(set, most)
    const decided = isDecided(set, follow, isLazy)
    if (decided)
      return (at) => {
        const end = findEnd(at)
        return end - at >= min ? next(end) : -1
      }
    const failed = most < rememberedRunMin || this.#loopDepth > 0 ? null : new FailedEnds(this.#state)
    if (isLazy)
      return (at) => {
        const last = findEnd(at)
        for (let end = at + min; end <= last; end++) {
          if (failed) end = failed.after(end)
          if (end > last) break
          const found = next(end)
          if (found >= 0) return found
        }
        failed?.add(at + min, last)
        return -1
      }
    return (at) => {
      const last = findEnd(at)
      for (let end = last; end - at >= min; end--) {
        if (failed) end = failed.before(end)
        if (end - at < min) break
        const found = next(end)
        if (found >= 0) return found
      }
      failed?.add(at + min, last)
      return -1
    }
  }

  /** Where the run of the set's characters from a place ends, at most `max` further. */
  #compileRunEnd(set: CharSet, max: number): Continue {
    const state = this.#state
    const { ascii, hasOther } = buildTester(set)
    const scan = (from: number, limit: number) => {
      const { text } = state
      let end = from
      for (; end < limit; end++) {
        const unit = text.charCodeAt(end)
        if (unit < 128 ? ascii[unit] === 0 : !hasOther(unit)) break
      }
      state.steps += end - from + 1
      return end
    }
    if (max < rememberedRunMin) return (at) => scan(at, Math.min(at + max, state.length))
    let pass = -1
    let knownFrom = 0
    let knownTo = 0
    return (at) => {
      const limit = Math.min(at + max, state.length)
      const isKnown = pass === state.pass && at >= knownFrom && at <= knownTo
      if (isKnown && knownTo >= limit) return limit
      const end = scan(isKnown ? knownTo : at, limit)
      if (!isKnown) knownFrom = at
      knownTo = end
      pass = state.pass
      return end
    }
  }

  #compileLoop({ body, min, max, isLazy }: RegexRepeat, next: Continue, follow: Follow): Continue {
    const state = this.#state
    const most = max === Number.POSITIVE_INFINITY ? min + unboundedLengthMax : max
    // Iterations done; the loop may be entered again from what follows it, when it stands in another one.
    let count = 0
    const loop: Continue = (at) => {
      const done = count
      state.steps++
      if (isLazy && done >= min) {
        const end = next(at)
        if (end >= 0) return end
      }
      if (done < most) {
        count = done + 1
        const end = runBody(at)
        count = done
        if (end >= 0) return end
      }
      return done >= min && !isLazy ? next(at) : -1
    }
    this.#loopDepth++
    const runBody = this.compile(body, loop, max > 1 ? followInLoop(body, follow) : follow)
    this.#loopDepth--
    return (at) => {
      const saved = count
      count = 0
      const end = loop(at)
      count = saved
      return end
    }
  }

  #compileGroup(body: RegexNode, next: Continue, follow: Follow): Continue {
    const state = this.#state
    let start = -1
    const close: Continue = (at) => {
      const end = next(at)
      if (end >= 0 && state.groupStart < 0) {
        state.groupStart = start
        state.groupEnd = at
      }
      return end
    }
    const run = this.compile(body, close, follow)
    return (at) => {
      const saved = start
      start = at
      const end = run(at)
      start = saved
      return end
    }
  }

  #compileAssertion({ kind, body }: Extract<RegexNode, { type: 'assertion' }>, next: Continue): Continue {
    const state = this.#state
    if (kind === 'start') return (at) => (at === 0 ? next(at) : -1)
    if (kind === 'end') return (at) => (at === state.length ? next(at) : -1)
    if (kind === 'word' || kind === 'not_word') {
      const wanted = kind === 'word'
      return (at) => {
        state.steps++
        const isBefore = at > 0 && isWordUnit(state.text.charCodeAt(at - 1))
        const isAfter = at < state.length && isWordUnit(state.text.charCodeAt(at))
        return (isBefore !== isAfter) === wanted ? next(at) : -1
      }
    }
    const look = body ? this.compile(body, (at) => at, freeEnd) : next
    const wanted = kind === 'ahead'
    return (at) => (look(at) >= 0 === wanted ? next(at) : -1)
  }
}

/**
 * Ends of a run after which the rest of the expression was found not to match, as one stretch. Starts that lie close share most of
 * their ends: `curl curl curl …` is one long run to each of them.
 */
class FailedEnds {
  readonly #state: MatchState
  #pass = -1
  #from = 0
  #to = -1

  constructor(state: MatchState) {
    this.#state = state
  }

  /** The nearest end at or before this one that is not known to fail. */
  before(end: number): number {
    return this.#pass === this.#state.pass && end >= this.#from && end <= this.#to ? this.#from - 1 : end
  }

  after(end: number): number {
    return this.#pass === this.#state.pass && end >= this.#from && end <= this.#to ? this.#to + 1 : end
  }

  add(from: number, to: number): void {
    if (from > to) return
    const isJoined = this.#pass === this.#state.pass && from <= this.#to + 1 && to >= this.#from - 1
    this.#from = isJoined ? Math.min(from, this.#from) : from
    this.#to = isJoined ? Math.max(to, this.#to) : to
    this.#pass = this.#state.pass
  }
}

interface RunContext {
  readonly next: Continue
  readonly follow: Follow
}
