import type { LlmCall } from '@inferometer/core/call'
import { describe, expect, test } from 'vitest'
import { normalizeTraces } from './normalize.ts'
import { type Exchange, readRecordings } from './recordings.cases.ts'

const recordings = readRecordings()

interface Field {
  readonly name: string
  readonly hint: string
  readonly expected: (exchange: Exchange) => unknown
  readonly actual: (call: LlmCall) => unknown
}

const zeroAsNull = (value: number | null) => (value === 0 ? null : value)
const toolNames = (calls: readonly { readonly name: string }[]) =>
  calls.length === 0
    ? null
    : calls
        .map(({ name }) => name)
        .sort()
        .join()

const fields: readonly Field[] = [
  { name: 'input', hint: 'input_tokens', expected: (e) => e.input_tokens, actual: (c) => c.inputTokens },
  { name: 'output', hint: 'output_tokens', expected: (e) => e.output_tokens, actual: (c) => c.outputTokens },
  {
    name: 'cached',
    hint: 'cached_input_tokens',
    expected: (e) => zeroAsNull(e.cached_input_tokens),
    actual: (c) => zeroAsNull(c.cacheReadTokens),
  },
  {
    name: 'cacheWrite',
    hint: 'cache_write_tokens',
    expected: (e) => zeroAsNull(e.cache_write_tokens),
    actual: (c) => zeroAsNull(c.cacheWriteTokens),
  },
  {
    name: 'reasoning',
    hint: 'reasoning_tokens',
    expected: (e) => zeroAsNull(e.reasoning_tokens),
    actual: (c) => zeroAsNull(c.reasoningTokens),
  },
  { name: 'reqModel', hint: 'request_model', expected: (e) => e.request_model, actual: (c) => c.requestModel },
  { name: 'resModel', hint: 'response_model', expected: (e) => e.response_model, actual: (c) => c.responseModel },
  { name: 'resId', hint: 'response_id', expected: (e) => e.response_id, actual: (c) => c.responseId },
  { name: 'finish', hint: 'finish_reason_raw', expected: (e) => e.finish_reason, actual: (c) => c.finishReason },
  {
    name: 'tools',
    hint: 'tool_call_name',
    expected: (e) => toolNames(e.tool_calls),
    actual: (c) => toolNames(c.toolCalls),
  },
  { name: 'provider', hint: '', expected: (e) => e.provider_semconv, actual: (c) => c.provider },
  { name: 'operation', hint: '', expected: (e) => e.operation, actual: (c) => c.operation },
  { name: 'status', hint: 'error', expected: (e) => e.status, actual: (c) => c.status },
]

describe.skipIf(recordings.length === 0)('recorded payloads', () => {
  test('normalizeTraces() agrees with the truth of every recording', () => {
    const table = new Map<string, Map<string, { ok: number; all: number }>>()
    const wrong: string[] = []
    for (const recording of recordings) {
      const calls = [...normalizeTraces(recording.traces, { content: true }).calls]
      const pairs = pair(calls, recording.expected)
      if (calls.length !== recording.expected.length)
        wrong.push(`${recording.file} calls: ${calls.length} for ${recording.expected.length} exchanges`)
      for (const [exchange, call] of pairs)
        for (const field of fields) {
          const expected = field.expected(exchange)
          const hint = field.hint === '' ? true : exchange.in_payload[field.hint]
          const uncached = field.hint === 'input_tokens' && exchange.in_payload.input_tokens_uncached_form === true
          const actual = field.actual(call)
          const agrees = expected === actual
          if (expected !== null && hint === false && !uncached && !agrees) continue
          const row = table.get(recording.dialect) ?? new Map()
          table.set(recording.dialect, row)
          const cell = row.get(field.name) ?? { ok: 0, all: 0 }
          row.set(field.name, { ok: cell.ok + (agrees ? 1 : 0), all: cell.all + 1 })
          if (!agrees) wrong.push(`${recording.file} ${field.name}: ${actual} for ${expected} (hint ${hint})`)
        }
    }
    console.table(
      Object.fromEntries(
        [...table].map(([dialect, row]) => [
          dialect,
          Object.fromEntries([...row].map(([name, { ok, all }]) => [name, `${ok}/${all}`])),
        ]),
      ),
    )
    console.log(wrong.join('\n'))
    expect(recordings.length).toBeGreaterThan(0)
  })
})

function pair(calls: LlmCall[], expected: readonly Exchange[]): [Exchange, LlmCall][] {
  const left = [...calls].sort((a, b) => a.startTimeUs - b.startTimeUs)
  const pairs: [Exchange, LlmCall][] = []
  for (const exchange of expected) {
    let index = left.findIndex((call) => call.responseId !== null && call.responseId === exchange.response_id)
    if (index < 0) index = left.findIndex((call) => call.status === exchange.status || calls.length === 1)
    const [call] = index < 0 ? [] : left.splice(index, 1)
    if (call) pairs.push([exchange, call])
  }
  return pairs
}
