/** The recorded payloads beside the repository, if they are there, with what each should become. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { decodeLogs, decodeLogsJson } from '@inferometer/core/otlp/logs'
import type { LogsData, TracesData } from '@inferometer/core/otlp/model'
import { decodeTraces, decodeTracesJson } from '@inferometer/core/otlp/traces'

const folder = fileURLToPath(new URL('../../../../../shared/otlp/', import.meta.url))

/** One provider exchange that the recorded application made. Fields as in the sidecars. */
export interface Exchange {
  readonly operation: string
  readonly provider_semconv: string
  readonly request_model: string | null
  readonly response_model: string | null
  readonly response_id: string | null
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly cached_input_tokens: number | null
  readonly cache_write_tokens: number | null
  readonly reasoning_tokens: number | null
  readonly finish_reason: string | null
  readonly status: string
  readonly http_status: number
  readonly tool_calls: readonly { readonly name: string }[]
  readonly in_payload: Readonly<Record<string, boolean | null>>
}

export interface Recording {
  readonly dialect: string
  readonly scenario: string
  readonly file: string
  readonly traces: TracesData
  readonly logs: LogsData | null
  readonly expected: readonly Exchange[]
}

export function readRecordings(): readonly Recording[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder)
  return names.filter((name) => name.endsWith('.truth.json')).flatMap((name) => readScenario(names, name))
}

function readScenario(names: readonly string[], truthName: string): Recording[] {
  const truth: { dialect: string; scenario: string; expected: Exchange[] } = JSON.parse(
    readFileSync(folder + truthName, 'utf8'),
  )
  const stem = truthName.replace('.truth.json', '')
  const recordings: Recording[] = []
  for (const ending of ['bin', 'json'] as const) {
    const file = `${stem}.${ending}`
    if (!names.includes(file)) continue
    const logsFile = `${stem}.logs.${ending}`
    recordings.push({
      dialect: truth.dialect,
      scenario: truth.scenario,
      file,
      traces: ending === 'bin' ? decodeTraces(read(file)) : decodeTracesJson(read(file).toString()),
      logs: names.includes(logsFile)
        ? ending === 'bin'
          ? decodeLogs(read(logsFile))
          : decodeLogsJson(read(logsFile).toString())
        : null,
      expected: truth.expected,
    })
  }
  return recordings
}

function read(file: string): Buffer {
  return readFileSync(folder + file)
}
