/** What a text contains: personal data without overlaps, and an injection where the evidence for one is enough. */
import type { Finding } from '../call.ts'
import type { CompiledPattern } from './compiled-pattern.ts'
import type { Match } from './finder.ts'
import { createFinder } from './finder.ts'
import { judgeInjection } from './judge-injection.ts'
import { mergeFindings } from './merge-findings.ts'
import type { PatternDefinition } from './pattern.ts'

export interface Scanner {
  readonly definitions: readonly PatternDefinition[]
  /**
   * Findings by start; those of personal data do not overlap. Injection findings are there only when their evidence
   * together says that the text is one. Offsets are UTF-16 code units.
   */
  scan(text: string): readonly Finding[]
  /** A search for one pattern by itself, whatever its weight and its neighbours: what examples are held against. */
  createSearch(name: string): (text: string) => readonly Finding[]
}

export function createScanner(patterns: readonly CompiledPattern[]): Scanner {
  const find = createFinder(patterns)
  return {
    definitions: patterns.map(({ definition }) => definition),
    scan(text) {
      const matches = find(text)
      const pii = matches.filter(({ pattern }) => pattern.definition.type === 'PII_STRUCTURAL')
      const injection = matches.filter(({ pattern }) => pattern.definition.type === 'INJECTION_ATTEMPT')
      const findings = [...mergeFindings(pii.map(toFinding)), ...judgeInjection(injection).map(toFinding)]
      return findings.sort((a, b) => a.start - b.start || b.end - a.end)
    },
    createSearch(name) {
      return (text) =>
        find(text)
          .filter(({ pattern }) => pattern.definition.name === name)
          .map(toFinding)
    },
  }
}

function toFinding({ pattern, start, end }: Match): Finding {
  const { name, type } = pattern.definition
  return { kind: type === 'PII_STRUCTURAL' ? 'pii' : 'injection', pattern: name, start, end }
}
