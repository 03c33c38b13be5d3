/** What a pattern file says, read into definitions. */
import type { ConfigProblem } from '../config-problem.ts'
import { describeValue, isRecord, listUnknownKeys, suggestName } from '../config-problem.ts'
import { validatorNames } from './validators.ts'

export const patternTypes = ['PII_STRUCTURAL', 'INJECTION_ATTEMPT'] as const
export type PatternType = (typeof patternTypes)[number]

export interface PatternDefinition {
  /** Lower-case letters, digits and `_`. In capitals it is the placeholder: `email` → `[EMAIL]`. */
  readonly name: string
  readonly type: PatternType
  readonly regex: string | null
  /** Whole words, any case, any white space between them. */
  readonly phrases: readonly string[]
  readonly ignoreCase: boolean
  /** Name of a check that a match must pass. */
  readonly validate: string | null
  /** Words of which one must stand near a match. Empty: none needed. */
  readonly context: readonly string[]
  /** Share of the evidence for an injection, 0 to 1; at 1 in all, text is one. */
  readonly weight: number
  readonly examples: PatternExamples
}

export interface PatternExamples {
  readonly match: readonly string[]
  readonly noMatch: readonly string[]
}

export interface PatternsRead {
  readonly definitions: readonly { readonly definition: PatternDefinition; readonly path: ConfigProblem['path'] }[]
  readonly problems: readonly ConfigProblem[]
}

const patternKeys = ['name', 'type', 'regex', 'phrase', 'ignore_case', 'validate', 'context', 'weight', 'examples']
const exampleKeys = ['match', 'no_match']
const regexLengthMax = 2_000
const phraseLengthMax = 200

/** The value of a pattern file: `{patterns: […]}`. An empty file has none. */
export function readPatterns(value: unknown): PatternsRead {
  if (value === null || value === undefined) return { definitions: [], problems: [] }
  if (!isRecord(value))
    return {
      definitions: [],
      problems: [{ path: [], message: `must be a map with 'patterns', not ${describeValue(value)}` }],
    }
  const problems: ConfigProblem[] = [...listUnknownKeys(value, ['patterns'], [])]
  const list = value.patterns ?? []
  if (!Array.isArray(list)) {
    problems.push({ path: ['patterns'], message: `'patterns' must be a list, not ${describeValue(list)}` })
    return { definitions: [], problems }
  }
  const definitions: PatternsRead['definitions'][number][] = []
  const names = new Map<string, number>()
  for (const [at, raw] of list.entries()) {
    const path = ['patterns', at]
    if (!isRecord(raw)) {
      problems.push({ path, message: `must be a map, not ${describeValue(raw)}` })
      continue
    }
    const reader = new PatternReader(raw, path)
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

  constructor(raw: Readonly<Record<string, unknown>>, path: ConfigProblem['path']) {
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
    if ((regex === null) === (phrases.length === 0)) this.report('regex', "needs either 'regex' or 'phrase'")
    return {
      name: this.#readName(),
      type,
      regex,
      phrases,
      ignoreCase: this.#readIgnoreCase(type),
      validate: this.#readValidate(),
      context: this.#readTexts('context', phraseLengthMax),
      weight: this.#readWeight(type),
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
    if (typeof weight === 'number' && weight > 0 && weight <= 1) return weight
    this.report('weight', `'weight' must be above 0 and at most 1, not ${describeValue(weight)}`)
    return 1
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
