/** Everything that speaks for and against an injection in one text, disguises taken off, and what it comes to. */
import type { Finder } from '../finder.ts'
import type { PatternDefinition } from '../pattern.ts'
import type { Evidence, Judgement, JudgeOptions } from './judge-injection.ts'
import { judgeInjection } from './judge-injection.ts'
import { readWords } from './read-words.ts'
import { createSequenceFinder } from './sequences.ts'
import { Unmasker } from './unmask.ts'
import { mapBack } from './view.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface InjectionDetectorOptions {
  /** Those with a sequence. */
  readonly sequences: readonly PatternDefinition[]
  readonly vocabulary: Vocabulary
  /** Finds expressions and phrases of injections; used on what was disguised. */
  readonly find: Finder
  readonly expressionCount: number
  readonly judge: JudgeOptions
}

export interface InjectionDetector {
  /** `matches`: what expressions and phrases have found in the text as it stands. */
  detect(text: string, matches: readonly Evidence[]): Judgement
  /** Evidence of sequences alone, disguises left on. */
  findSequences(text: string): readonly Evidence[]
}

export function createInjectionDetector(options: InjectionDetectorOptions): InjectionDetector {
  const { vocabulary, find, judge } = options
  const unmasker = new Unmasker(vocabulary)
  const findSequences = createSequenceFinder(
    options.sequences.flatMap((pattern) => (pattern.sequence ? [{ pattern, sequence: pattern.sequence }] : [])),
    vocabulary,
  )
  const canFind = options.sequences.length + options.expressionCount > 0
  const findIn = (text: string) =>
    find(text).map(({ pattern, start, end }) => toEvidence({ pattern: pattern.definition, start, end }))
  return {
    detect(text, matches) {
      if (!canFind) return judgeInjection(matches, judge)
      const read = readWords(text, vocabulary)
      const evidence = [...matches, ...findSequences(read).map(toEvidence)]
      const views = unmasker.list(text, read)
      if (views.length === 0) return judgeInjection(evidence, judge)
      // What is not disguised is seen in every view.
      const known = new Set(evidence.map(({ pattern, start }) => `${pattern} ${start}`))
      for (const view of views)
        for (const each of [...findSequences(view.read).map(toEvidence), ...findIn(view.text)]) {
          const place = mapBack(view, each.start, each.end)
          const key = `${each.pattern} ${place.start}`
          if (known.has(key)) continue
          known.add(key)
          evidence.push({ ...each, ...place, readAs: view.text.slice(each.start, each.end) })
        }
      return judgeInjection(evidence, judge)
    },
    findSequences: (text) => findSequences(readWords(text, vocabulary)).map(toEvidence),
  }
}

export function toEvidence(match: {
  readonly pattern: PatternDefinition
  readonly start: number
  readonly end: number
}): Evidence {
  const { pattern, start, end } = match
  return { pattern: pattern.name, weight: pattern.weight, start, end }
}
