/** The parts of a pattern file that the injection grammar is made of: words by concept, sequences, the judge's bounds. */
import type { ConfigProblem } from '../../config-problem.ts'
import { describeValue, isRecord, listUnknownKeys, suggestName } from '../../config-problem.ts'
import type { JudgeOptions } from './judge-injection.ts'
import { defaultJudgeOptions } from './judge-injection.ts'
import type { SequenceDefinition } from './sequences.ts'
import type { WordLists } from './vocabulary.ts'
import { conceptsMax } from './vocabulary.ts'

type Report = (path: ConfigProblem['path'], message: string) => void

export const sequenceKeys = ['sequence', 'within', 'ordered', 'unless']
const defaultWithin = 6
const withinMax = 60
const wordLengthMax = 80

/** `words: {concept: {language: 'word, stem*, some words'}}`; one text instead of the map will do. */
export function readWordLists(value: unknown, report: Report): WordLists {
  const lists = new Map<string, readonly string[]>()
  if (value === undefined || value === null) return lists
  if (!isRecord(value)) {
    report(['words'], `'words' must be a map of concepts, not ${describeValue(value)}`)
    return lists
  }
  for (const [concept, byLanguage] of Object.entries(value)) {
    const texts = isRecord(byLanguage) ? Object.entries(byLanguage) : [['', byLanguage] as const]
    if (!/^[a-z][a-z_]{1,31}$/.test(concept))
      report(['words', concept], `a concept must be lower-case letters and _, not '${concept}'`)
    const words: string[] = []
    for (const [language, text] of texts) {
      const path = language === '' ? ['words', concept] : ['words', concept, language]
      if (typeof text === 'string') words.push(...splitWords(text, (message) => report(path, message)))
      else report(path, `must be words with commas between them, not ${describeValue(text)}`)
    }
    lists.set(concept, words)
  }
  if (lists.size > conceptsMax)
    report(['words'], `'words' has ${lists.size} concepts, at most ${conceptsMax} are allowed`)
  return lists
}

function splitWords(text: string, report: (message: string) => void): readonly string[] {
  const words = text.split(',').map((word) => word.trim().toLowerCase())
  const bad = words.find((word) => word === '' || word === '*' || word.length > wordLengthMax || /\*./.test(word))
  if (bad === undefined) return words
  report(`words must be 1 to ${wordLengthMax} characters with * at the end only, not '${bad}'`)
  return []
}

/** The keys `sequence`, `within`, `ordered`, `unless` of one pattern. Null when it has no sequence. */
export function readSequence(
  raw: Readonly<Record<string, unknown>>,
  concepts: readonly string[],
  report: (key: string, message: string) => void,
): SequenceDefinition | null {
  const { sequence, within, ordered } = raw
  if (sequence === undefined || sequence === null) {
    for (const key of sequenceKeys.slice(1)) if (raw[key] !== undefined) report(key, `'${key}' is for a sequence`)
    return null
  }
  const readConcepts = (key: string, value: unknown): readonly string[] => {
    const names = typeof value === 'string' ? value.split('|').map((name) => name.trim()) : []
    if (names.length === 0) report(key, `'${key}' must name concepts, as 'all|any', not ${describeValue(value)}`)
    for (const name of names.filter((each) => !concepts.includes(each)))
      report(key, `'${key}' names '${name}', which stands nowhere in 'words'${suggestName(name, concepts)}`)
    return names
  }
  if (!Array.isArray(sequence) || sequence.length === 0)
    report('sequence', `'sequence' must be a list of concepts, not ${describeValue(sequence)}`)
  if (within !== undefined && !(typeof within === 'number' && within >= 1 && within <= withinMax))
    report('within', `'within' must be 1 to ${withinMax} words, not ${describeValue(within)}`)
  if (ordered !== undefined && typeof ordered !== 'boolean')
    report('ordered', `'ordered' must be true or false, not ${describeValue(ordered)}`)
  return {
    slots: Array.isArray(sequence) ? sequence.map((slot: unknown) => readConcepts('sequence', slot)) : [],
    within: typeof within === 'number' ? within : defaultWithin,
    isOrdered: ordered === true,
    unless: raw.unless === undefined ? [] : readConcepts('unless', raw.unless),
  }
}

/** `injection: {threshold, reach}`. */
export function readJudgeOptions(value: unknown, report: Report): JudgeOptions {
  if (value === undefined || value === null) return defaultJudgeOptions
  if (!isRecord(value)) {
    report(['injection'], `'injection' must be a map of threshold and reach, not ${describeValue(value)}`)
    return defaultJudgeOptions
  }
  for (const { path, message } of listUnknownKeys(value, ['threshold', 'reach', 'detector'], ['injection']))
    report(path, message)
  const read = (key: keyof JudgeOptions, min: number, max: number): number => {
    const given = value[key]
    if (given === undefined) return defaultJudgeOptions[key]
    if (typeof given === 'number' && given >= min && given <= max) return given
    report(['injection', key], `'${key}' must be ${min} to ${max}, not ${describeValue(given)}`)
    return defaultJudgeOptions[key]
  }
  return { threshold: read('threshold', 0.1, 10), reach: read('reach', 50, 100_000) }
}
