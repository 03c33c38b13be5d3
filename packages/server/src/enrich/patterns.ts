/** The scanner in force, and what it does to a call: finds personal data and injections, takes the former out. */
import { createHash } from 'node:crypto'
import type { Finding, LlmCall } from '@inferometer/core/call'
import { redact } from '@inferometer/core/scan/redact'
import type { Scanner } from '@inferometer/core/scan/scanner'
import type { FileStatus } from './file-status.ts'
import type { Parsed, ReloadResult } from './live-file.ts'
import { openLiveFile } from './live-file.ts'
import { parsePatternFile } from './pattern-file.ts'

export interface PatternsOptions {
  /** Path of the pattern file. Null: nothing is looked for. */
  readonly file: string | null
  /** Reload the file when it changes. */
  readonly watch: boolean
  readonly onReload?: (result: ReloadResult) => void
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number
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
  /**
   * The call with what its content contains added to its findings. Their offsets are in the call's texts, each scanned
   * by itself, as if joined by one line end: input messages in order, output, arguments of tool calls. The application's
   * own instructions (system, developer) are no injection, whatever they say.
   */
  scanCall(call: LlmCall): LlmCall
  /** The call with personal data replaced in everything that may quote it: content, tool arguments, error message. */
  redactCall(call: LlmCall): LlmCall
  close(): void
}

/** Throws `Cannot load patterns …` when the file is missing or bad. */
export async function createPatterns({ file, watch, onReload, now }: PatternsOptions): Promise<Patterns> {
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
  const redactText = (text: string) => redact(text, scan(text))
  return {
    current: live.current,
    status: live.status,
    reload: live.reload,
    scan,
    scanCall(call) {
      const found = scanTexts(listParts(call), scan)
      return found.length === 0 ? call : { ...call, findings: [...call.findings, ...found] }
    },
    redactCall: (call) => mapTexts(call, redactText),
    close: live.close,
  }
}

function parseSet(text: string): Parsed<PatternSet> {
  const parsed = parsePatternFile(text)
  if (!parsed.ok) return parsed
  const version = createHash('sha256').update(text).digest('hex').slice(0, 12)
  return { ok: true, value: { version, scanner: parsed.value } }
}

interface Part {
  readonly text: string
  /** Null: not of a conversation. */
  readonly role: string | null
}

const ownRoles: ReadonlySet<string | null> = new Set(['system', 'developer'])

function listParts({ content, toolCalls }: LlmCall): readonly Part[] {
  const output = content?.output ?? null
  const others = [output, ...toolCalls.map((toolCall) => toolCall.arguments)]
  const texts = others.flatMap((text) => (text === null ? [] : [{ text, role: null }]))
  return [...(content?.input ?? []), ...texts]
}

function scanTexts(parts: readonly Part[], scan: (text: string) => readonly Finding[]): readonly Finding[] {
  const findings: Finding[] = []
  let offset = 0
  for (const { text, role } of parts) {
    for (const finding of scan(text))
      if (finding.kind === 'pii' || !ownRoles.has(role))
        findings.push({ ...finding, start: finding.start + offset, end: finding.end + offset })
    offset += text.length + 1
  }
  return findings
}

function mapTexts(call: LlmCall, change: (text: string) => string): LlmCall {
  const changeOrNull = (text: string | null) => (text === null ? null : change(text))
  const { content } = call
  return {
    ...call,
    content: content && {
      input: content.input?.map(({ role, text }) => ({ role, text: change(text) })) ?? null,
      output: changeOrNull(content.output),
    },
    toolCalls: call.toolCalls.map((toolCall) => ({ ...toolCall, arguments: changeOrNull(toolCall.arguments) })),
    errorMessage: changeOrNull(call.errorMessage),
  }
}
