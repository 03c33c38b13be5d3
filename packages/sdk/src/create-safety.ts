import type { Finding, FindingKind } from '@inferometer/core/call'
import { formatPath, isRecord } from '@inferometer/core/config-problem'
import { type ScanSide, scanSides, scanTexts } from '@inferometer/core/scan/call-texts'
import { compilePatterns } from '@inferometer/core/scan/compile-patterns'
import { createMask } from '@inferometer/core/scan/mask-text'
import { createPseudonyms } from '@inferometer/core/scan/placeholders'
import type { PlaceholderOf } from '@inferometer/core/scan/redact'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { BlockedError } from './blocked-error.ts'
import { readEnvironment, safetyVariables } from './config.ts'
import { rememberScans } from './remember-scans.ts'
import type { Safety } from './safety-policy.ts'
import { readShippedPatterns } from './shipped-patterns.ts'

/** `redact` observes too, and `block` redacts what is recorded of the call. */
export const policies = ['off', 'observe', 'redact', 'block'] as const
export type Policy = (typeof policies)[number]

export interface SafetyOptions {
  /** Personal data and secrets (PII_STRUCTURAL). Default observe. */
  pii?: Policy
  /** Attacks on the prompt (INJECTION_ATTEMPT). Default observe. */
  injection?: Policy
  /** What is looked through for findings. Default both. What is recorded is masked all the same. */
  scan?: ScanSide
  /** In the place of the shipped ones: what a pattern file holds, as an object. */
  patterns?: object
  /**
   * Placeholders become pseudonyms that stay the same for the same value: `[EMAIL:3f9a0c4b21de]`. At least 16 characters.
   * Default: INFEROMETER_PSEUDONYM_KEY.
   */
  pseudonymKey?: string
}

const fail = (why: string): never => {
  throw new Error(`Cannot create safety: ${why}`)
}

/** Throws `Cannot create safety: …` on an option or a pattern that makes no sense. */
export function createSafety(options: SafetyOptions = {}): Safety {
  checkNames(options)
  const pii = chooseWord(options, 'pii', policies) ?? 'observe'
  const injection = chooseWord(options, 'injection', policies) ?? 'observe'
  const sides = chooseWord(options, 'scan', scanSides) ?? 'both'
  if (sides === 'answers' && (pii === 'block' || injection === 'block'))
    fail("block looks at prompts, so scan must be 'prompts' or 'both', not 'answers'")
  const placeholderOf = readPlaceholders(options.pseudonymKey ?? readEnvironment().INFEROMETER_PSEUDONYM_KEY)
  const source = options.patterns ? { value: options.patterns, parts: null } : readShippedPatterns()
  const scanner = compile(source, { pii, injection })
  const scan = rememberScans((text) => scanner.scan(text))
  const kindsOf = (...wanted: Policy[]): ReadonlySet<FindingKind> =>
    new Set([
      ...(wanted.includes(pii) ? ['pii' as const] : []),
      ...(wanted.includes(injection) ? ['injection' as const] : []),
    ])
  const blocked = kindsOf('block')
  const masked = kindsOf('redact', 'block')
  const kinds: ReadonlySet<FindingKind> = masked.size > 0 ? masked : new Set<FindingKind>(['pii'])
  return {
    blocks: blocked.size > 0,
    readsAnswers: sides !== 'prompts',
    masks: masked.size > 0,
    mask: createMask({ scan, kinds, ...(placeholderOf && { placeholderOf }) }),
    check(prompt) {
      const found = scanTexts({ content: { input: prompt, output: null }, toolCalls: [] }, scan, 'prompts')
      const reasons = found.filter(({ kind }) => blocked.has(kind))
      return reasons.length === 0 ? null : new BlockedError(reasons)
    },
    find: (call) => scanTexts(call, scan, sides),
  }
}

const optionNames = Object.keys({
  pii: true,
  injection: true,
  scan: true,
  patterns: true,
  pseudonymKey: true,
} satisfies Record<keyof SafetyOptions, true>)

function checkNames(options: SafetyOptions): void {
  if (!isRecord(options)) fail('options must be an object')
  for (const name of Object.keys(options))
    if (!optionNames.includes(name)) fail(`there is no option '${name}'; options are ${optionNames.join(', ')}`)
}

/** The option, else its variable; null where neither says anything. */
function chooseWord<Word extends string>(
  options: SafetyOptions,
  name: 'pii' | 'injection' | 'scan',
  words: readonly Word[],
): Word | null {
  const variable = safetyVariables[name]
  const value: unknown = options[name] ?? readEnvironment()[variable]
  if (value === undefined || value === '') return null
  const word = words.find((each) => each === value)
  return word ?? fail(`${name} (${variable}) is '${String(value)}', not one of ${words.join(', ')}`)
}

function readPlaceholders(key: unknown): PlaceholderOf | null {
  if (key === undefined || key === '') return null
  if (typeof key !== 'string' || key.length < 16)
    return fail('pseudonymKey (INFEROMETER_PSEUDONYM_KEY) must be a text of at least 16 characters')
  const bytes = utf8ToBytes(key)
  return createPseudonyms((text) => bytesToHex(hmac(sha256, bytes, utf8ToBytes(text))))
}

interface Scanner {
  scan(text: string): readonly Finding[]
}

/** What is off is not compiled: of the shipped patterns, those of injections take most of the time. */
function compile(
  { value, parts }: ReturnType<typeof readShippedPatterns>,
  { pii, injection }: Readonly<Record<'pii' | 'injection', Policy>>,
): Scanner {
  const off = [...(pii === 'off' ? ['PII_STRUCTURAL'] : []), ...(injection === 'off' ? ['INJECTION_ATTEMPT'] : [])]
  const compiled = compilePatterns(off.length === 0 ? value : leaveOut(value, off), parts)
  if (compiled.ok) return compiled.scanner
  const problems = compiled.problems.map(({ path, message }) => `${formatPath(path)}: ${message}`)
  return fail(`patterns are wrong: ${problems.join('; ')}`)
}

function leaveOut(patterns: unknown, types: readonly string[]): unknown {
  if (!isRecord(patterns) || !Array.isArray(patterns.patterns)) return patterns
  const list: readonly unknown[] = patterns.patterns
  const kept = list.filter((pattern) => !(isRecord(pattern) && types.includes(String(pattern.type))))
  const { words, ...others } = patterns
  return { ...others, patterns: kept, ...(types.includes('INJECTION_ATTEMPT') ? {} : { words }) }
}
