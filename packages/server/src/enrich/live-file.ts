/** A configuration file in force: loaded at start, reloaded when it changes, never replaced by a bad one. */
import { readFile } from 'node:fs/promises'
import type { FileStatus } from './file-status.ts'
import type { FileWatch } from './watch-file.ts'
import { watchFile } from './watch-file.ts'
import type { FileProblem } from './yaml-file.ts'
import { formatProblem } from './yaml-file.ts'

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly FileProblem[] }

export type ReloadResult =
  | { readonly ok: true; readonly version: string }
  | { readonly ok: false; readonly problems: readonly FileProblem[] }

export interface LiveFileOptions<T> {
  /** Names the file in messages: `prices`, `patterns`. */
  readonly what: string
  /** Null: nothing to read, `parse('')` is the value. */
  readonly file: string | null
  readonly watch: boolean
  readonly parse: (text: string) => Parsed<T>
  readonly versionOf: (value: T) => string
  /** After each reload, by watching or on demand. */
  readonly onReload?: (result: ReloadResult) => void
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number
}

export interface LiveFile<T> {
  current(): T
  status(): FileStatus
  /** Reads the file again. A bad one leaves the old value in force. */
  reload(): Promise<ReloadResult>
  close(): void
}

/** Throws `Cannot load <what> …` with every problem and its line when the file is bad at start. */
export async function openLiveFile<T>(options: LiveFileOptions<T>): Promise<LiveFile<T>> {
  const { what, file, parse, now = Date.now } = options
  const text = file === null ? '' : await readText(what, file)
  const first = parse(text)
  if (!first.ok) {
    const name = file ?? ''
    const problems = first.problems.map((problem) => formatProblem(name, problem)).join('\n  ')
    throw new Error(`Cannot load ${what} from ${name}: ${first.problems.length} problem(s)\n  ${problems}`)
  }
  let value = first.value
  let lastText = text
  let status: FileStatus = { file, loadedAtMs: now(), lastReload: null }
  const tell = (result: ReloadResult): ReloadResult => {
    const lastReload = { atMs: now(), problems: result.ok ? [] : result.problems }
    status = { file, loadedAtMs: result.ok ? lastReload.atMs : status.loadedAtMs, lastReload }
    options.onReload?.(result)
    return result
  }
  const accept = (found: string): ReloadResult => {
    lastText = found
    const parsed = parse(found)
    if (parsed.ok) value = parsed.value
    return tell(parsed.ok ? { ok: true, version: options.versionOf(parsed.value) } : parsed)
  }
  const refuse = (message: string) => tell({ ok: false, problems: [{ line: 1, column: 1, path: '', message }] })
  let watch: FileWatch | undefined
  // A change that a reload on demand has taken already is no second one.
  const onText = (found: string) => {
    if (found !== lastText) accept(found)
  }
  if (options.watch && file !== null) watch = watchFile({ path: file, text, onText, onError: refuse })
  return {
    current: () => value,
    status: () => status,
    async reload() {
      if (file === null) return accept('')
      try {
        return accept(await readFile(file, 'utf8'))
      } catch (error) {
        return refuse(error instanceof Error ? error.message : String(error))
      }
    },
    close: () => watch?.close(),
  }
}

async function readText(what: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Error(`Cannot load ${what} from ${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
