import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { decodeLogs, decodeLogsJson, encodeLogs, encodeLogsJson } from './logs.ts'
import type { LogRecord, LogsData, Span, TracesData } from './model.ts'
import { decodeTraces, decodeTracesJson, encodeTraces, encodeTracesJson } from './traces.ts'

// Recorded requests of real exporters. They are no part of the project and may be absent.
const folder = fileURLToPath(new URL('../../../../../shared/otlp/', import.meta.url))
const files = existsSync(folder) ? readdirSync(folder).sort() : []
if (files.length === 0) console.log('recordings.test: no recorded OTLP requests here, left out')

const names = files
  .filter((file) => file.endsWith('.json') && !file.endsWith('.truth.json'))
  .map((file) => file.slice(0, -5))

/** The two encodings of one scenario come from two runs. */
const recordedTwice = /^traceloop-sdk-/

function readText(name: string): string {
  return readFileSync(folder + name, 'utf8')
}

function readBytes(name: string): Uint8Array | null {
  return files.includes(name) ? readFileSync(folder + name) : null
}

function spansOf(data: TracesData): Span[] {
  return data.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
}

function recordsOf(data: LogsData): LogRecord[] {
  return data.resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords))
}

describe.runIf(files.length > 0)('recorded requests', () => {
  it.each(names.filter((name) => !name.endsWith('.logs')))(
    'decodeTraces() and decodeTracesJson() agree on %s',
    (name) => {
      const fromText = decodeTracesJson(readText(`${name}.json`))
      expect(fromText.report.partial.rejectedCount).toBe(0)
      expect(spansOf(fromText).length).toBeGreaterThan(0)
      expect(decodeTracesJson(encodeTracesJson(fromText))).toEqual(fromText)
      const bytes = readBytes(`${name}.bin`)
      if (bytes === null) return
      const fromBytes = decodeTraces(bytes)
      expect(decodeTraces(encodeTraces(fromBytes))).toEqual(fromBytes)
      if (recordedTwice.test(name)) expect(spansOf(fromBytes)).toHaveLength(spansOf(fromText).length)
      else expect(spansOf(fromBytes)).toEqual(spansOf(fromText))
    },
  )

  it.each(names.filter((name) => name.endsWith('.logs')))('decodeLogs() and decodeLogsJson() agree on %s', (name) => {
    const fromText = decodeLogsJson(readText(`${name}.json`))
    expect(recordsOf(fromText).length).toBeGreaterThan(0)
    expect(decodeLogsJson(encodeLogsJson(fromText))).toEqual(fromText)
    const bytes = readBytes(`${name}.bin`)
    if (bytes === null) return
    const fromBytes = decodeLogs(bytes)
    expect(decodeLogs(encodeLogs(fromBytes))).toEqual(fromBytes)
    expect(recordsOf(fromBytes)).toEqual(recordsOf(fromText))
  })
})
