/** What a pattern file says, read into definitions. */
import type { ConfigProblem } from '../config-problem.ts'
import { describeValue, isRecord, listUnknownKeys, suggestName } from '../config-problem.ts'
import type { DetectorSettings } from './injection/detector-settings.ts'
import { readDetectorSettings } from './injection/detector-settings.ts'
import type { JudgeOptions } from './injection/judge-injection.ts'
import { defaultJudgeOptions } from './injection/judge-injection.ts'
import { readJudgeOptions, readSequence, readWordLists, sequenceKeys } from './injection/read-grammar.ts'
import type { SequenceDefinition } from './injection/sequences.ts'
import type { WordLists } from './injection/vocabulary.ts'
import { validatorNames } from './validators.ts'

export const patternTypes = ['PII_STRUCTURAL', 'INJECTION_ATTEMPT'] as const
export type PatternType = (typeof patternTypes)[number]

export const confidences = ['high', 'low'] as const
export type Confidence = (typeof confidences)[number]

export interface PatternDefinition {
  /** Lower-case letters, digits and `_`. In capitals it is the placeholder: `email` → `[EMAIL]`. */
  readonly name: string
  readonly type: PatternType
  readonly regex: string | null
  /** Whole words, any case, any white space between them. */
  readonly phrases: readonly string[]
  /** Instead of an expression or phrases: concepts that stand together. Only for injections. */
  readonly sequence: SequenceDefinition | null
  readonly ignoreCase: boolean
  /** Name of a check that a match must pass. */
  readonly validate: string | null
  /** Words of which one must stand near a match. Empty: none needed. */
  readonly context: readonly string[]
  /** Share of the evidence for an injection, up to 1; below 0 it speaks against one. */
  readonly weight: number
  /** Tried out: what it finds is counted as `shadow`, neither redacted nor evidence. */
  readonly isShadow: boolean
  /** False: read and held to its examples, but not looked for. */
  readonly isEnabled: boolean
  /** Low: a guess by the words around it, wrong more often than the others. */
  readonly confidence: Confidence
  readonly examples: PatternExamples
}

export interface PatternExamples {
  readonly match: readonly string[]
  readonly noMatch: readonly string[]
}

export interface PatternsRead {
  readonly definitions: readonly { readonly definition: PatternDefinition; readonly path: ConfigProblem['path'] }[]
  readonly words: WordLists
  readonly judge: JudgeOptions
  readonly detector: DetectorSettings | null
  readonly problems: readonly ConfigProblem[]
}

const topKeys = ['patterns', 'words', 'injection']
const patternKeys = [
  'name',
  'type',
  'regex',
  'phrase',
  'ignore_case',
  'validate',
  'context',
  'weight',
  'shadow',
  'enabled',
  'confidence',
  'examples',
  ...sequenceKeys,
]
const exampleKeys = ['match', 'no_match']
const regexLengthMax = 2_000
const phraseLengthMax = 200

/** The value of a pattern file: `{patterns: […], words: {…}, injection: {…}}`. An empty file has none. */
export function readPatterns(value: unknown): PatternsRead {
  const problems: ConfigProblem[] = []
  const report = (path: ConfigProblem['path'], message: string) => problems.push({ path, message })
  const isEmpty = value === null || value === undefined
  if (!isEmpty && !isRecord(value)) report([], `must be a map with 'patterns', not ${describeValue(value)}`)
  if (isEmpty || !isRecord(value))
    return { definitions: [], words: new Map(), judge: defaultJudgeOptions, detector: null, problems }
  problems.push(...listUnknownKeys(value, topKeys, []))
  const words = readWordLists(value.words, report)
  const judge = readJudgeOptions(value.injection, report)
  const detector = readDetectorSettings(isRecord(value.injection) ? value.injection.detector : null, report)
  const list = value.patterns ?? []
  if (Array.isArray(list)) {
    const read = readDefinitions(list, [...words.keys()])
    return { ...read, words, judge, detector, problems: [...problems, ...read.problems] }
  }
  report(['patterns'], `'patterns' must be a list, not ${describeValue(list)}`)
  return { definitions: [], words, judge, detector, problems }
}

function readDefinitions(list: readonly unknown[], concepts: readonly string[]) {
  const problems: ConfigProblem[] = []
  const definitions: PatternsRead['definitions'][number][] = []
  const names = new Map<string, number>()
  for (const [at, raw] of list.entries()) {
    const path = ['patterns', at]
    if (!isRecord(raw)) {
      problems.push({ path, message: `must be a map, not ${describeValue(raw)}` })
      continue
    }
    const reader = new PatternReader(raw, path, concepts)
    const definition = reader.read()
    const first = names.get(definition.name)
    if (first !== undefined && definition.name !== '')
      reader.report('name', `'${definition.name}' stands in patterns[${first}] already`)
    names.set(definition.name, first ?? at)
    problems.push(...reader.problems)
    if (reader.problems.length === 0) definitions.push({ definition, path })
  }
  return { definitions, problems }
}

class PatternReader {
  readonly problems: ConfigProblem[] = []
  readonly #raw: Readonly<Record<string, unknown>>
  readonly #path: ConfigProblem['path']
  readonly #concepts: readonly string[]

  constructor(raw: Readonly<Record<string, unknown>>, path: ConfigProblem['path'], concepts: readonly string[]) {
    this.#concepts = concepts
    this.#path = path
    this.#raw = raw
    this.problems.push(...listUnknownKeys(raw, patternKeys, path))
  }

  report(key: string, message: string): void {
    this.problems.push({ path: [...this.#path, key], message })
  }

  read(): PatternDefinition {
    const type = this.#readType()
    const regex = this.#readRegex()
    const phrases = this.#readTexts('phrase', phraseLengthMax)
    const sequence = readSequence(this.#raw, this.#concepts, (key, message) => this.report(key, message))
    const ways = [regex !== null, phrases.length > 0, sequence !== null].filter(Boolean).length
    if (ways !== 1) this.report('regex', "needs either 'regex' or 'phrase'")
    if (sequence && type !== 'INJECTION_ATTEMPT') this.report('sequence', "'sequence' is for INJECTION_ATTEMPT")
    return {
      name: this.#readName(),
      type,
      regex,
      phrases,
      sequence,
      ignoreCase: this.#readIgnoreCase(type),
      validate: this.#readValidate(),
      context: this.#readTexts('context', phraseLengthMax),
      weight: this.#readWeight(type),
      isShadow: this.#readShadow(sequence !== null),
      isEnabled: this.#readEnabled(sequence !== null),
      confidence: this.#readConfidence(),
      examples: this.#readExamples(),
    }
  }

  #readName(): string {
    const { name } = this.#raw
    if (typeof name === 'string' && /^[a-z][a-z0-9_]{0,63}$/.test(name)) return name
    this.report('name', `'name' must be lower-case letters, digits and _, not ${describeValue(name)}`)
    return ''
  }

  #readType(): PatternType {
    const type = patternTypes.find((each) => each === this.#raw.type)
    if (!type) this.report('type', `'type' must be ${patternTypes.join(' or ')}, not ${describeValue(this.#raw.type)}`)
    return type ?? 'PII_STRUCTURAL'
  }

  #readRegex(): string | null {
    const { regex } = this.#raw
    if (regex === undefined || regex === null) return null
    if (typeof regex === 'string' && regex !== '' && regex.length <= regexLengthMax) return regex
    this.report('regex', `'regex' must be text of at most ${regexLengthMax} characters, not ${describeValue(regex)}`)
    return null
  }

  /** One text or a list of texts. */
  #readTexts(key: string, lengthMax: number): readonly string[] {
    const value = this.#raw[key]
    if (value === undefined || value === null) return []
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value]
    const isGood = (text: unknown): text is string =>
      typeof text === 'string' && text.trim().length > 1 && text.length <= lengthMax
    if (texts.every(isGood)) return texts.map((text) => text.trim())
    const bad = texts.find((text) => !isGood(text))
    this.report(
      key,
      `'${key}' must be text of 2 to ${lengthMax} characters or a list of such, not ${describeValue(bad)}`,
    )
    return []
  }

  /** Injections are written in any case; the letters of keys and codes are not. */
  #readIgnoreCase(type: PatternType): boolean {
    const value = this.#raw.ignore_case
    if (value === undefined || value === null) return type === 'INJECTION_ATTEMPT'
    if (typeof value === 'boolean') return value
    this.report('ignore_case', `'ignore_case' must be true or false, not ${describeValue(value)}`)
    return false
  }

  #readValidate(): string | null {
    const { validate } = this.#raw
    if (validate === undefined || validate === null) return null
    if (typeof validate === 'string' && validatorNames.includes(validate)) return validate
    const hint = typeof validate === 'string' ? suggestName(validate, validatorNames) : ''
    this.report(
      'validate',
      `'validate' must be one of ${validatorNames.join(', ')}, not ${describeValue(validate)}${hint}`,
    )
    return null
  }

  #readWeight(type: PatternType): number {
    const { weight } = this.#raw
    if (weight === undefined || weight === null) return 1
    if (type === 'PII_STRUCTURAL') this.report('weight', "'weight' is for injections; personal data is found or not")
    if (typeof weight === 'number' && weight !== 0 && Math.abs(weight) <= 1) return weight
    this.report('weight', `'weight' must be -1 to 1 and not 0, not ${describeValue(weight)}`)
    return 1
  }

  #readShadow(isSequence: boolean): boolean {
    const { shadow } = this.#raw
    if (shadow === undefined || shadow === null) return false
    if (typeof shadow !== 'boolean')
      this.report('shadow', `'shadow' must be true or false, not ${describeValue(shadow)}`)
    if (isSequence && shadow === true) this.report('shadow', "'shadow' is for 'regex' and 'phrase'")
    return shadow === true
  }

  #readEnabled(isSequence: boolean): boolean {
    const { enabled } = this.#raw
    if (enabled === undefined || enabled === null) return true
    if (typeof enabled !== 'boolean')
      this.report('enabled', `'enabled' must be true or false, not ${describeValue(enabled)}`)
    if (isSequence && enabled === false) this.report('enabled', "'enabled' is for 'regex' and 'phrase'")
    return enabled !== false
  }

  #readConfidence(): Confidence {
    const { confidence } = this.#raw
    if (confidence === undefined || confidence === null) return 'high'
    const known = confidences.find((each) => each === confidence)
    if (!known)
      this.report('confidence', `'confidence' must be ${confidences.join(' or ')}, not ${describeValue(confidence)}`)
    return known ?? 'high'
  }

  #readExamples(): PatternExamples {
    const { examples } = this.#raw
    if (examples === undefined || examples === null) return { match: [], noMatch: [] }
    if (!isRecord(examples)) {
      this.report('examples', `'examples' must be a map of match and no_match, not ${describeValue(examples)}`)
      return { match: [], noMatch: [] }
    }
    this.problems.push(...listUnknownKeys(examples, exampleKeys, [...this.#path, 'examples']))
    return { match: this.#readExampleList(examples.match), noMatch: this.#readExampleList(examples.no_match) }
  }

  #readExampleList(value: unknown): readonly string[] {
    if (value === undefined || value === null) return []
    if (Array.isArray(value) && value.every((each): each is string => typeof each === 'string')) return value
    this.report('examples', `examples must be lists of texts, not ${describeValue(value)}`)
    return []
  }
}
