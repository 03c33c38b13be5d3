/** The scanner in force, and what it does to a call: finds personal data and injections, takes the former out. */
import { createHash } from 'node:crypto'
import type { Finding, LlmCall } from '@inferometer/core/call'
import { scanTexts } from '@inferometer/core/scan/call-texts'
import { compilePatterns } from '@inferometer/core/scan/compile-patterns'
import { createMask, type MaskText } from '@inferometer/core/scan/mask-text'
import type { PlaceholderOf } from '@inferometer/core/scan/redact'
import type { Scanner } from '@inferometer/core/scan/scanner'
import type { FileStatus } from './file-status.ts'
import type { Parsed, ReloadResult } from './live-file.ts'
import { openLiveFile } from './live-file.ts'
import { parsePatternFile } from './pattern-file.ts'
import { readPrepared } from './read-prepared.ts'

export interface PatternsOptions {
  /** Path of the pattern file. Null: nothing is looked for. */
  readonly file: string | null
  /** Reload the file when it changes. */
  readonly watch: boolean
  readonly onReload?: (result: ReloadResult) => void
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number
  /** What masked data becomes. Default: its type. */
  readonly placeholderOf?: PlaceholderOf
}

export interface PatternSet {
  /** Hash of the file's text. */
  readonly version: string
  readonly scanner: Scanner
}

export interface Patterns {
  status(): FileStatus
  current(): PatternSet
  reload(): Promise<ReloadResult>
  scan(text: string): readonly Finding[]
  /** The call with what its content contains added to its findings. */
  scanCall(call: LlmCall): LlmCall
  /** The text with personal data replaced. */
  readonly mask: MaskText
  close(): void
}

/** Throws `Cannot load patterns …` when the file is missing or bad. */
export async function createPatterns(options: PatternsOptions): Promise<Patterns> {
  const { file, watch, onReload, now, placeholderOf } = options
  const live = await openLiveFile<PatternSet>({
    what: 'patterns',
    file,
    watch,
    parse: parseSet,
    versionOf: ({ version }) => version,
    ...(onReload ? { onReload } : {}),
    ...(now ? { now } : {}),
  })
  const scan = (text: string) => live.current().scanner.scan(text)
  return {
    current: live.current,
    status: live.status,
    reload: live.reload,
    scan,
    scanCall(call) {
      const found = scanTexts(call, scan)
      return found.length === 0 ? call : { ...call, findings: [...call.findings, ...found] }
    },
    mask: createMask({ scan, ...(placeholderOf && { placeholderOf }) }),
    close: live.close,
  }
}

/** A file that the build has prepared, its examples run, is taken as that; any other is read and held to its examples. */
function parseSet(text: string): Parsed<PatternSet> {
  const sha256 = createHash('sha256').update(text).digest('hex')
  const version = sha256.slice(0, 12)
  const prepared = readPrepared(sha256)
  const compiled = prepared && compilePatterns(prepared.value, prepared.parts)
  if (compiled?.ok) return { ok: true, value: { version, scanner: compiled.scanner } }
  const parsed = parsePatternFile(text)
  return parsed.ok ? { ok: true, value: { version, scanner: parsed.value } } : parsed
}
