import { describe, expect, it } from 'vitest'
import { openSent, readSent, toBytes, toSse } from './read-answer.cases.ts'

const url = 'https://api.anthropic.com/v1/messages'
const request = { model: 'claude-sonnet-4-5', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] }
const streamed = { url, request: { ...request, stream: true }, headers: { 'content-type': 'text/event-stream' } }
const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5-20250929' }

const start = (usage: object) => ({
  type: 'message_start',
  message: { ...head, content: [], stop_reason: null, usage },
})
const open = (index: number, block: object) => ({ type: 'content_block_start', index, content_block: block })
const delta = (index: number, given: object) => ({ type: 'content_block_delta', index, delta: given })
const close = (index: number) => ({ type: 'content_block_stop', index })
const stop = (reason: string, usage: object) => ({ type: 'message_delta', delta: { stop_reason: reason }, usage })
const end = { type: 'message_stop' }
const ping = { type: 'ping' }

const firstUsage = {
  input_tokens: 4,
  cache_read_input_tokens: 1152,
  cache_creation_input_tokens: 100,
  output_tokens: 1,
}

describe('anthropic.messages answer', () => {
  it('readSent() counts cached tokens into the input and keeps iterations out', () => {
    const iterations = [{ type: 'compaction', input_tokens: 60385, output_tokens: 900 }]
    const body = JSON.stringify({
      ...head,
      content: [
        { type: 'thinking', thinking: 'hm', signature: 's' },
        { type: 'text', text: 'Hel' },
        { type: 'server_tool_use', id: 'srv', name: 'web_search', input: {} },
        { type: 'text', text: 'lo' },
        { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Rome' } },
      ],
      stop_reason: 'tool_use',
      usage: { ...firstUsage, output_tokens: 50, output_tokens_details: { thinking_tokens: 20 }, iterations },
    })
    expect(readSent({ url, request, headers: { 'request-id': 'req_1' }, body })).toMatchObject({
      inputTokens: 1256,
      cacheReadTokens: 1152,
      cacheWriteTokens: 100,
      outputTokens: 50,
      reasoningTokens: 20,
      finishReason: 'tool_calls',
      outputText: 'Hello',
      toolCalls: [{ id: 'toolu_1', name: 'weather', arguments: '{"city":"Rome"}' }],
      requestId: 'req_1',
    })
  })

  it('readSent() overwrites the first usage by the last and adds nothing', () => {
    const body = toSse(
      [
        start(firstUsage),
        ping,
        open(0, { type: 'text', text: '' }),
        delta(0, { type: 'text_delta', text: 'Hi' }),
        delta(0, { type: 'text_delta', text: ' there' }),
        close(0),
        stop('end_turn', { input_tokens: 2679, cache_read_input_tokens: null, output_tokens: 158 }),
        end,
      ],
      { named: true },
    )
    expect(readSent({ ...streamed, body })).toMatchObject({
      inputTokens: 2679 + 1152 + 100,
      outputTokens: 158,
      cacheReadTokens: 1152,
      streamComplete: true,
      outputText: 'Hi there',
      finishReason: 'stop',
    })
  })

  it('readSent() joins tool arguments by block; a call without any has an empty object', () => {
    const body = toSse([
      start(firstUsage),
      open(0, { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }),
      delta(0, { type: 'input_json_delta', partial_json: '' }),
      delta(0, { type: 'input_json_delta', partial_json: '{"city"' }),
      delta(0, { type: 'input_json_delta', partial_json: ':"Rome"}' }),
      close(0),
      open(1, { type: 'tool_use', id: 'toolu_2', name: 'list', input: {} }),
      close(1),
      stop('tool_use', { output_tokens: 30 }),
      end,
    ])
    expect(readSent({ ...streamed, body }).toolCalls).toEqual([
      { id: 'toolu_1', name: 'weather', arguments: '{"city":"Rome"}' },
      { id: 'toolu_2', name: 'list', arguments: '{}' },
    ])
  })

  it('readSent() maps stop reasons', () => {
    const read = (reason: string) =>
      readSent({ url, request, body: JSON.stringify({ ...head, content: [], stop_reason: reason }) }).finishReason
    expect(
      ['end_turn', 'stop_sequence', 'max_tokens', 'refusal', 'pause_turn', 'model_context_window_exceeded'].map(read),
    ).toEqual(['stop', 'stop', 'length', 'content_filter', 'other', 'length'])
  })

  it('readSent() is an error after an error event inside a 200', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    const body = toSse(
      [start(firstUsage), open(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: 'Hi' }), error],
      {
        named: true,
      },
    )
    expect(readSent({ ...streamed, body })).toMatchObject({
      status: 'error',
      errorType: 'overloaded',
      errorCode: 'overloaded_error',
      streamComplete: false,
      outputTokens: 1,
    })
  })

  it('readSent() reads an error body', () => {
    const body = JSON.stringify({
      type: 'error',
      error: { type: 'rate_limit_error', message: 'slow' },
      request_id: 'r',
    })
    expect(readSent({ ...streamed, status: 429, headers: { 'content-type': 'application/json' }, body })).toMatchObject(
      {
        status: 'error',
        errorType: 'rate_limit',
        errorCode: 'rate_limit_error',
        errorMessage: 'slow',
        streamed: false,
      },
    )
  })

  it('contentSeen is true from thinking', () => {
    const reader = openSent({ ...streamed, body: '' }, false)
    reader.push(toBytes(toSse([start(firstUsage), open(0, { type: 'thinking', thinking: '' })])))
    expect(reader.contentSeen).toBe(false)
    reader.push(toBytes(toSse([delta(0, { type: 'thinking_delta', thinking: 'a' })])))
    expect(reader.contentSeen).toBe(true)
  })
})
