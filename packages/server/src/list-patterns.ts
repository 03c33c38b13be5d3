import { describeFile } from './describe-file.ts'
import type { Patterns } from './enrich/patterns.ts'

/** The patterns in force, in the field names of the pattern file. */
export function listPatterns(patterns: Patterns) {
  const { version, scanner } = patterns.current()
  return {
    version,
    ...describeFile(patterns.status()),
    patterns: scanner.definitions.map(({ name, type, regex, phrases, ignoreCase, validate, ...rest }) => ({
      name,
      type,
      regex,
      phrases,
      sequence: rest.sequence && describeSequence(rest.sequence),
      ignore_case: ignoreCase,
      validate,
      context: rest.context,
      weight: rest.weight,
      shadow: rest.isShadow,
      enabled: rest.isEnabled,
      confidence: rest.confidence,
      examples: { match: rest.examples.match, no_match: rest.examples.noMatch },
    })),
  }
}

type Sequence = NonNullable<ReturnType<Patterns['current']>['scanner']['definitions'][number]['sequence']>

function describeSequence({ slots, within, isOrdered, unless }: Sequence) {
  return { concepts: slots.map((slot) => slot.join('|')), within, ordered: isOrdered, unless: unless.join('|') }
}
