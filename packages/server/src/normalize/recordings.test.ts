import type { LlmCall } from '@inferometer/core/call'
import { describe, expect, test } from 'vitest'
import { normalizeTraces } from './normalize.ts'
import { joinAddition, normalizeLogs } from './normalize-logs.ts'
import { type Exchange, type Recording, readRecordings } from './recordings.cases.ts'
import { createLeafSelector } from './trace-leaves.ts'

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

/** Where a payload does not say what happened, or says it wrong: `dialect scenario field`, as patterns. */
const exceptions: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/ agent-loop reqModel$/, 'the application asked for another model than the exchange that was replayed to it'],
  [/ responses-reasoning reqModel$/, 'the exchange names no model (a stored prompt); the application had to'],
  [/^langfuse .* reqModel$/, 'one attribute for both models, which the answer overwrites'],
  [/^langfuse chat-tools finish$/, 'no finish reason; tool calls do not prove it, they may have been forced'],
  [/^openlit chat-stream-nousage (?:input|output)$/, 'OpenLIT makes counts up where the provider sent none'],
  [/^openlit responses-tools (?:finish|tools)$/, 'OpenLIT leaves the tool calls of Responses out'],
  [/^openinference-langchain anthropic-stream.* resModel$/, 'LangChain does not keep the model of a streamed answer'],
  [/ embeddings resModel$/, 'the name in the payload is that of the request'],
]

describe.skipIf(recordings.length === 0)('recorded payloads', () => {
  test('createLeafSelector() counts the calls that were made, and normalizeTraces() reads what the payload says of them', () => {
    const table = new Map<string, Map<string, Cell>>()
    const wrong: string[] = []
    const unused = new Set(exceptions.map(([pattern]) => pattern))
    for (const recording of recordings) {
      const calls = countCalls(recording)
      const { pairs, missing } = pair(calls, recording.expected)
      if (calls.length !== pairs.length)
        wrong.push(`${recording.file}: ${calls.length} calls, ${pairs.length} exchanges`)
      // The failed attempts of a call that was retried. v7 of the AI SDK has one span for all attempts.
      const attempts = calls.reduce((sum, { retryCount }) => sum + retryCount, 0)
      if (missing.length > attempts && recording.dialect !== 'vercel-ai-v7')
        wrong.push(`${recording.file}: ${missing.length} exchanges without a call`)
      for (const [exchange, call] of pairs)
        for (const field of fields) {
          const agrees = compare(field, exchange, call)
          if (agrees === null) continue
          const exception = exceptions.find(([pattern]) =>
            pattern.test(`${recording.dialect} ${recording.scenario} ${field.name}`),
          )
          note(table, { row: recording.dialect, column: field.name, agrees })
          if (agrees) continue
          if (exception) unused.delete(exception[0])
          else
            wrong.push(`${recording.file} ${field.name}: ${field.actual(call)} instead of ${field.expected(exchange)}`)
        }
    }
    console.table(printable(table))
    expect(wrong).toEqual([])
    expect([...unused], 'exceptions that are none any more').toEqual([])
  })
})

test('recordings are read where they are there', () => {
  if (recordings.length === 0) console.log('left out: no recorded payloads beside the repository')
  expect(recordings.length === 0 || recordings.length > 400).toBe(true)
})

/** Null: the payload does not have it. The hint of a sidecar is firm only where it says no. */
function compare(field: Field, exchange: Exchange, call: LlmCall): boolean | null {
  const expected = field.expected(exchange)
  const agrees = expected === field.actual(call)
  const uncached = field.hint === 'input_tokens' && exchange.in_payload.input_tokens_uncached_form === true
  const isThere = field.hint === '' || exchange.in_payload[field.hint] !== false || uncached
  return agrees || expected === null || isThere ? agrees : null
}

interface Cell {
  readonly agreed: number
  readonly all: number
}

function note(table: Map<string, Map<string, Cell>>, at: { row: string; column: string; agrees: boolean }): void {
  const row = table.get(at.row) ?? new Map<string, Cell>()
  table.set(at.row, row)
  const { agreed, all } = row.get(at.column) ?? { agreed: 0, all: 0 }
  row.set(at.column, { agreed: agreed + (at.agrees ? 1 : 0), all: all + 1 })
}

function printable(table: Map<string, Map<string, Cell>>): Record<string, Record<string, string>> {
  return Object.fromEntries(
    [...table].map(([dialect, row]) => [
      dialect,
      Object.fromEntries([...row].map(([name, { agreed, all }]) => [name, `${agreed}/${all}`])),
    ]),
  )
}

/** By response id; else in their order, by how they ended. */
function pair(calls: readonly LlmCall[], expected: readonly Exchange[]) {
  const left = [...calls].sort((a, b) => a.startTimeUs - b.startTimeUs)
  const pairs: [Exchange, LlmCall][] = []
  const missing: Exchange[] = []
  for (const exchange of expected) {
    const byId = left.findIndex(({ responseId }) => responseId !== null && responseId === exchange.response_id)
    const byStatus = left.findIndex(
      ({ status, responseId }) =>
        status === exchange.status &&
        (responseId === null || exchange.response_id === null || responseId === exchange.response_id),
    )
    const index = byId >= 0 ? byId : byStatus
    const [call] = index < 0 ? [] : left.splice(index, 1)
    if (call) pairs.push([exchange, call])
    else missing.push(exchange)
  }
  return { pairs, missing }
}

function countCalls({ traces, logs }: Recording): LlmCall[] {
  const { spans } = normalizeTraces(traces, { content: true })
  const selector = createLeafSelector({ settleMs: 2_000, rememberMs: 60_000, maxSpans: 10_000 })
  const calls = [...selector.take(spans, 0).counted, ...selector.flush().counted]
  const additions = logs === null ? [] : normalizeLogs(logs, { content: true }).additions
  return calls.map((call) => {
    const own = additions.find(({ traceId, spanId }) => traceId === call.traceId && spanId === call.spanId)
    return own === undefined ? call : joinAddition(call, own)
  })
}
