/** Rules by which a catalogue says which names belong to a model. */
import { isFineTuned } from './model-names.ts'

export type ModelMatch =
  | { readonly or: readonly ModelMatch[] }
  | { readonly and: readonly ModelMatch[] }
  | { readonly equals: string }
  | { readonly startsWith: string }
  | { readonly endsWith: string }
  | { readonly contains: string }
  | { readonly regex: RegExp }

/** Does the rule cover the name? Both in lower case; a regex sees the name as it is. */
export function matchesModel(match: ModelMatch, name: string): boolean {
  if ('or' in match) return match.or.some((part) => matchesModel(part, name))
  if ('and' in match) return match.and.every((part) => matchesModel(part, name))
  if ('equals' in match) return name === match.equals
  if ('startsWith' in match) return name.startsWith(match.startsWith) && allowsFineTuned(match.startsWith, name)
  if ('endsWith' in match) return name.endsWith(match.endsWith) && allowsFineTuned(match.endsWith, name)
  if ('contains' in match) return name.includes(match.contains) && allowsFineTuned(match.contains, name)
  return match.regex.test(name) && allowsFineTuned(match.regex.source, name)
}

/** A rule that does not speak of fine-tuned models does not cover one: those never cost what their base does. */
function allowsFineTuned(rule: string, name: string): boolean {
  return !isFineTuned(name) || rule.includes('ft:') || rule.includes('.ft-')
}

/** The names that the rule lists one by one, as far as it does. */
export function listExactNames(match: ModelMatch): readonly string[] {
  if ('equals' in match) return [match.equals]
  if ('or' in match) return match.or.flatMap(listExactNames)
  return []
}
