import { createCall } from '@inferometer/core/call'
import type { AnyValue, LogRecord, LogsData } from '@inferometer/core/otlp/model'
import { describe, expect, test } from 'vitest'
import { joinAddition, mergeAdditions, normalizeLogs } from './normalize-logs.ts'
import { type Names, toAttributes } from './spans.cases.ts'

const traceId = 'a'.repeat(32)
const spanId = 'b'.repeat(16)

function toRecord(
  name: string,
  body: AnyValue,
  change: Partial<LogRecord> & { readonly names?: Names } = {},
): LogRecord {
  const { names = {}, ...fields } = change
  return {
    timeUnixNano: 1n,
    observedTimeUnixNano: 1n,
    severityNumber: 9,
    severityText: '',
    body,
    traceId,
    spanId,
    eventName: '',
    ...fields,
    attributes: toAttributes({ 'event.name': name, ...names }),
  }
}

function toLogs(...given: readonly (LogRecord | string)[]): LogsData {
  const logRecords = given.filter((item) => typeof item !== 'string')
  const name = given.find((item) => typeof item === 'string') ?? '@opentelemetry/instrumentation-openai'
  const scope = { name, version: '0.21.0', attributes: new Map() }
  return {
    resourceLogs: [
      { resource: { attributes: new Map() }, schemaUrl: '', scopeLogs: [{ scope, schemaUrl: '', logRecords }] },
    ],
  }
}

const choice = {
  index: 0,
  finish_reason: 'tool_calls',
  message: {
    role: 'assistant',
    content: 'Let me look.',
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"q":1}' } }],
  },
}

const call = createCall({
  traceId,
  spanId,
  serviceName: 'shop',
  operation: 'chat',
  provider: 'openai',
  startTimeUs: 0,
  latencyMs: 1,
  source: 'gen_ai',
})

describe('normalizeLogs()', () => {
  test('normalizeLogs() joins the events of v1.36 by span', () => {
    const logs = toLogs(
      toRecord('gen_ai.system.message', { content: 'Be brief.' }),
      toRecord('gen_ai.user.message', { content: [{ type: 'text', text: 'Hi' }] }),
      toRecord('', choice, { eventName: 'gen_ai.choice', spanId }),
    )
    const { additions, ignoredCount } = normalizeLogs(logs, { content: true })
    expect(ignoredCount).toBe(0)
    expect(additions).toMatchObject([
      {
        traceId,
        spanId,
        finish: { finishReason: 'tool_calls' },
        toolCalls: [{ id: 'c1', name: 'look', arguments: '{"q":1}' }],
        content: {
          input: [
            { role: 'system', text: 'Be brief.' },
            { role: 'user', text: 'Hi' },
          ],
          output: 'Let me look.',
        },
      },
    ])
  })

  test('normalizeLogs() reads names and reasons, but no content, unless it is kept', () => {
    const [addition] = normalizeLogs(toLogs(toRecord('gen_ai.choice', choice))).additions
    expect(addition).toMatchObject({ content: null, toolCalls: [{ id: 'c1', name: 'look', arguments: null }] })
  })

  test('normalizeLogs() reads the details event of v1.37 with structured messages and usage', () => {
    const names = {
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.id': 'r1',
      'gen_ai.response.finish_reasons': ['length'],
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 2,
      'gen_ai.system_instructions': [{ type: 'text', content: 'Be brief.' }],
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }],
      'gen_ai.output.messages': [
        { role: 'assistant', parts: [{ type: 'text', content: 'Ho' }], finish_reason: 'length' },
      ],
    }
    const record = toRecord('gen_ai.client.inference.operation.details', null, { names })
    const [addition] = normalizeLogs(toLogs(record), { content: true }).additions
    if (!addition) throw new Error('the record said nothing')
    expect(joinAddition(call, addition)).toMatchObject({
      requestModel: 'gpt-4o',
      responseId: 'r1',
      inputTokens: 10,
      outputTokens: 2,
      usageSource: 'provider',
      finishReason: 'length',
      content: {
        input: [
          { role: 'system', text: 'Be brief.' },
          { role: 'user', text: 'Hi' },
        ],
        output: 'Ho',
      },
    })
  })

  test('normalizeLogs() makes a whole call of a details event, by the dialect of its scope and without a latency', () => {
    const names = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 2,
      'gen_ai.usage.cache_read.input_tokens': 8,
      'error.type': 'timeout',
    }
    const fields = { names, timeUnixNano: 1_780_000_000_000_000_000n }
    const logs = toLogs(toRecord('gen_ai.client.inference.operation.details', null, fields))
    const [plain] = normalizeLogs(logs).additions
    expect(plain?.whole).toMatchObject({
      traceId,
      spanId,
      provider: 'anthropic',
      inputTokens: 10,
      status: 'error',
      errorType: 'timeout',
      startTimeUs: 1_780_000_000_000_000,
      latencyMs: 0,
      source: 'gen_ai-event',
    })
    const [openlit] = normalizeLogs(
      toLogs(toRecord('gen_ai.client.inference.operation.details', null, fields), 'openlit'),
    ).additions
    expect(openlit?.whole).toMatchObject({ inputTokens: 18, source: 'openlit-event' })
  })

  test('normalizeLogs() makes no call of an event without a time, a model or an operation', () => {
    const names = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai' }
    const details = 'gen_ai.client.inference.operation.details'
    const timed = { timeUnixNano: 1_780_000_000_000_000_000n, observedTimeUnixNano: 0n }
    const wholes = [
      toRecord(details, null, { ...timed, names }),
      toRecord(details, null, { ...timed, names: { 'gen_ai.request.model': 'gpt-4o' } }),
      toRecord(details, null, {
        timeUnixNano: 0n,
        observedTimeUnixNano: 0n,
        names: { ...names, 'gen_ai.request.model': 'm' },
      }),
      toRecord('gen_ai.choice', choice, timed),
    ].map((record) => normalizeLogs(toLogs(record)).additions[0]?.whole)
    expect(wholes).toEqual([null, null, null, null])
  })

  test('mergeAdditions() puts the batches of one call together', () => {
    const read = (...records: LogRecord[]) => normalizeLogs(toLogs(...records), { content: true }).additions[0]
    const asked = read(toRecord('gen_ai.user.message', { content: 'Hi' }))
    const answered = read(toRecord('gen_ai.choice', choice))
    if (!asked || !answered) throw new Error('the records said nothing')
    expect([asked.hasAnswer, answered.hasAnswer]).toEqual([false, true])
    expect(mergeAdditions(asked, answered)).toMatchObject({
      recordCount: 2,
      hasAnswer: true,
      finish: { finishReason: 'tool_calls' },
      content: { input: [{ role: 'user', text: 'Hi' }], output: 'Let me look.' },
    })
  })

  test('joinAddition() lets stand what the span said', () => {
    const [addition] = normalizeLogs(toLogs(toRecord('gen_ai.choice', choice)), { content: true }).additions
    if (!addition) throw new Error('the record said nothing')
    const said = {
      ...call,
      finishReason: 'stop',
      finishReasonRaw: 'stop',
      inputTokens: 1,
      usageSource: 'provider',
    } as const
    expect(joinAddition(said, addition)).toMatchObject({
      finishReason: 'stop',
      finishReasonRaw: 'stop',
      inputTokens: 1,
    })
  })

  test('normalizeLogs() ignores records of nothing and of no span', () => {
    const logs = toLogs(
      toRecord('app.started', 'x'),
      toRecord('gen_ai.user.message', { content: 'x' }, { traceId: '', spanId: '' }),
      toRecord('', 'plain line'),
    )
    expect(normalizeLogs(logs)).toEqual({
      additions: [],
      ignored: new Map([
        ['not_genai_event', 2],
        ['event_without_ids', 1],
      ]),
      ignoredCount: 3,
    })
  })
})
