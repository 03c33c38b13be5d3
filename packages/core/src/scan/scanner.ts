/** What a text contains: personal data without overlaps, and an injection where the evidence for one is enough. */
import type { Finding } from '../call.ts'
import type { CompiledPattern } from './compiled-pattern.ts'
import type { Finder, Match } from './finder.ts'
import { createFinder } from './finder.ts'
import type { DetectorSettings } from './injection/detector-settings.ts'
import type { InjectionDetector } from './injection/injection-detector.ts'
import { createInjectionDetector, toEvidence } from './injection/injection-detector.ts'
import type { Evidence, JudgeOptions } from './injection/judge-injection.ts'
import { defaultJudgeOptions } from './injection/judge-injection.ts'
import { mapBack } from './injection/view.ts'
import type { FoldedWords, WordLists } from './injection/vocabulary.ts'
import { buildVocabulary } from './injection/vocabulary.ts'
import { mergeFindings } from './merge-findings.ts'
import type { PatternDefinition } from './pattern.ts'
import { viewPlainNumbers } from './plain-numbers.ts'
import { dropUnits } from './text-units.ts'
import { work } from './work.ts'

/** Findings, and how the verdict on an injection came about. */
export interface Detection {
  readonly findings: readonly Finding[]
  /** Weights of different patterns near each other, the highest sum in the text. */
  readonly score: number
  /** What the score is made of; below the threshold too. */
  readonly evidence: readonly Evidence[]
}

export interface Scanner {
  readonly definitions: readonly PatternDefinition[]
  /** Score at which a text is an injection. */
  readonly threshold: number
  /** How a detector of the user's own is asked; null where the pattern file says nothing of one. */
  readonly detector: DetectorSettings | null
  /**
   * Findings by start; those of personal data do not overlap. Injection findings are there only when their evidence
   * together says that the text is one. Offsets are UTF-16 code units.
   */
  scan(text: string): readonly Finding[]
  detect(text: string): Detection
  /** Scans, and says how many steps it took: they grow with the text and with nothing else. */
  countSteps(text: string): number
  /** A search for one pattern by itself, whatever its weight and its neighbours: what examples are held against. */
  createSearch(name: string): (text: string) => readonly Finding[]
}

export interface ScannerOptions {
  /** Patterns that are sequences of concepts. */
  readonly sequences?: readonly PatternDefinition[]
  readonly words?: WordLists
  /** What `foldWords` made of the same. */
  readonly foldedWords?: FoldedWords
  readonly judge?: JudgeOptions
  readonly detector?: DetectorSettings | null
}

export function createScanner(patterns: readonly CompiledPattern[], options: ScannerOptions = {}): Scanner {
  const { sequences = [], words = new Map(), foldedWords, judge = defaultJudgeOptions } = options
  const enabled = patterns.filter(({ definition }) => definition.isEnabled)
  const find = createFinder(enabled)
  const expressions = enabled.filter(
    ({ definition }) => definition.type === 'INJECTION_ATTEMPT' && !definition.isShadow,
  )
  const injections = createInjectionDetector({
    sequences,
    vocabulary: buildVocabulary(words, foldedWords),
    find: createLateFinder(expressions),
    expressionCount: expressions.length,
    judge,
  })
  const detect = (text: string) => {
    const detection = detectAll(text, { matches: find(text), hidden: findHidden(text, find) }, injections)
    dropUnits()
    return detection
  }
  return {
    definitions: [...patterns.map(({ definition }) => definition), ...sequences],
    threshold: judge.threshold,
    detector: options.detector ?? null,
    scan: (text) => detect(text).findings,
    detect,
    countSteps(text) {
      const before = work.steps
      detect(text)
      return work.steps - before
    },
    createSearch(name) {
      const pattern = patterns.find(({ definition }) => definition.name === name)
      const search = pattern && !pattern.definition.isEnabled ? createFinder([pattern]) : find
      return (text) => {
        const matches = search(text).filter(({ pattern }) => pattern.definition.name === name)
        const sequences = injections.findSequences(text).filter(({ pattern }) => pattern === name)
        return [...matches.map(toFinding), ...sequences.map(toInjection)]
      }
    },
  }
}

/** Made when it is first asked: what it is for is rare. */
function createLateFinder(patterns: readonly CompiledPattern[]): Finder {
  let find: Finder | null = null
  return (text) => {
    find ??= createFinder(patterns)
    return find(text)
  }
}

/** Personal data between whose letters and digits stands what does not show. */
function findHidden(text: string, find: Finder): readonly Finding[] {
  const view = viewPlainNumbers(text)
  if (!view) return []
  return find(view.text)
    .map(toFinding)
    .filter(({ kind }) => kind === 'pii')
    .map((finding) => ({ ...finding, ...mapBack(view, finding.start, finding.end) }))
}

interface Found {
  readonly matches: readonly Match[]
  readonly hidden: readonly Finding[]
}

function detectAll(text: string, { matches, hidden }: Found, injections: InjectionDetector): Detection {
  const found = matches.map(toFinding)
  const hints = matches.filter((_, at) => found[at]?.kind === 'injection')
  const { score, accepted, best } = injections.detect(
    text,
    hints.map(({ pattern, start, end }) => toEvidence({ pattern: pattern.definition, start, end })),
  )
  const pii = mergeFindings([...hidden, ...found.filter(({ kind }) => kind === 'pii')])
  const findings = [...pii, ...accepted.map(toInjection), ...found.filter(({ kind }) => kind === 'shadow')]
  return { findings: findings.sort((a, b) => a.start - b.start || b.end - a.end), score, evidence: best }
}

function toInjection({ pattern, start, end }: Evidence): Finding {
  return { kind: 'injection', pattern, start, end }
}

function toFinding({ pattern, start, end }: Match): Finding {
  const { name, type, isShadow } = pattern.definition
  const kind = isShadow ? 'shadow' : type === 'PII_STRUCTURAL' ? 'pii' : 'injection'
  return { kind, pattern: name, start, end }
}
