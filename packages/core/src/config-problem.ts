/** What is wrong with a configuration value, and where. */

export interface ConfigProblem {
  /** Keys and indexes from the root of the file's value. */
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** `[3, 'tiers', 0, 'above']` → `[3].tiers[0].above`. */
export function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '')
}

/** ` (did you mean 'x'?)` for the known word that is a few edits away or that the word begins; else nothing. */
export function suggestName(word: string, known: readonly string[]): string {
  const isBeginning = (name: string) => word.length > 3 && name.startsWith(word.toLowerCase())
  const near = known
    .map((name) => ({ name, distance: isBeginning(name) ? 0 : editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0]
  const isNear = near !== undefined && near.distance <= Math.max(2, Math.floor(near.name.length / 5))
  return isNear ? ` (did you mean '${near.name}'?)` : ''
}

const wordLengthMax = 64

function editDistance(a: string, b: string): number {
  if (a.length > wordLengthMax) return Number.POSITIVE_INFINITY
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}

/** A plain object, as YAML and JSON maps arrive. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One problem per key of the record that is not among the known ones. */
export function listUnknownKeys(
  record: Readonly<Record<string, unknown>>,
  known: readonly string[],
  path: ConfigProblem['path'],
): readonly ConfigProblem[] {
  return Object.keys(record)
    .filter((key) => !known.includes(key))
    .map((key) => ({ path: [...path, key], message: `unknown key '${key}'${suggestName(key, known)}` }))
}

/** What a value is, for a message: `a list`, `nothing`, `text` … */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return `text '${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`
  return String(value)
}
