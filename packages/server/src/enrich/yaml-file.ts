/** YAML text → a value, and from paths in that value back to lines of the text. */
import type { ConfigProblem } from '@inferometer/core/config-problem'
import { formatPath } from '@inferometer/core/config-problem'
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'

/** A mistake in a file: 1-based line and column, the path in the value, and what is wrong. */
export interface FileProblem {
  readonly line: number
  readonly column: number
  readonly path: string
  readonly message: string
}

/** `locate` answers in the order of the file. */
export type YamlRead =
  | {
      readonly ok: true
      readonly value: unknown
      readonly locate: (problems: readonly ConfigProblem[]) => readonly FileProblem[]
    }
  | { readonly ok: false; readonly problems: readonly FileProblem[] }

/** Larger than any list of prices or patterns made by people. */
const textLengthMax = 4_000_000

/** Aliases are expanded at most this often: a small file cannot become a huge value. */
const aliasCountMax = 100

export function readYaml(text: string): YamlRead {
  if (text.length > textLengthMax) {
    const message = `is ${text.length} characters long: at most ${textLengthMax}`
    return { ok: false, problems: [{ line: 1, column: 1, path: '', message }] }
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({ ...place(error.pos[0]), path: '', message: error.message }))
    return { ok: false, problems }
  }
  const value = readValue(() => document.toJS({ maxAliasCount: aliasCountMax }))
  if (!value.ok) return { ok: false, problems: [{ line: 1, column: 1, path: '', message: value.message }] }
  const locate = (problems: readonly ConfigProblem[]): readonly FileProblem[] =>
    problems
      .map(({ path, message }) => ({
        ...place(findOffset(document.contents, path)),
        path: formatPath(path),
        message,
      }))
      .sort((a, b) => a.line - b.line || a.column - b.column)
  return { ok: true, value: value.value, locate }
}

function readValue(
  toJs: () => unknown,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string } {
  try {
    return { ok: true, value: toJs() }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}

/** Offset of the deepest part of the path that the file has; for a key of a map, of the key itself. */
function findOffset(root: unknown, path: ConfigProblem['path']): number {
  let node = root
  let offset = offsetOf(root)
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
      if (!pair) return offset
      offset = offsetOf(pair.key)
      node = pair.value
    } else {
      const items = isNode(node) && 'items' in node && Array.isArray(node.items) ? node.items : []
      const item: unknown = typeof step === 'number' ? items[step] : undefined
      if (item === undefined) return offset
      offset = offsetOf(item)
      node = item
    }
  }
  return offset
}

function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0
}

/** `config/model_prices.yaml:12:5: [3].version: must be text`. */
export function formatProblem(file: string, problem: FileProblem): string {
  const path = problem.path === '' ? '' : `${problem.path}: `
  return `${file}:${problem.line}:${problem.column}: ${path}${problem.message}`
}
