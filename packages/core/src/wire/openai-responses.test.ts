import { describe, expect, it } from 'vitest'
import { readSent, toSse } from './read-answer.cases.ts'

const url = 'https://api.openai.com/v1/responses'
const request = { model: 'gpt-5', input: 'hi' }
const streamed = { url, request: { ...request, stream: true }, headers: { 'content-type': 'text/event-stream' } }
const head = { id: 'resp_1', object: 'response', model: 'gpt-5-2025-08-07', error: null, incomplete_details: null }
const usage = {
  input_tokens: 75,
  input_tokens_details: { cached_tokens: 64 },
  output_tokens: 40,
  output_tokens_details: { reasoning_tokens: 32 },
  total_tokens: 115,
}
const message = { type: 'message', id: 'msg_1', content: [{ type: 'output_text', text: 'Hello' }] }
const functionCall = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'weather', arguments: '{"a":1}' }

const created = { type: 'response.created', response: { ...head, status: 'in_progress', output: [], usage: null } }
const textDelta = (delta: string) => ({ type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, delta })

describe('openai.responses answer', () => {
  it('readSent() gives text, usage and status when whole', () => {
    const body = JSON.stringify({
      ...head,
      status: 'completed',
      output: [{ type: 'reasoning', summary: [] }, message],
      usage,
    })
    expect(readSent({ url, request, body })).toMatchObject({
      responseId: 'resp_1',
      inputTokens: 75,
      outputTokens: 40,
      cacheReadTokens: 64,
      reasoningTokens: 32,
      finishReason: 'stop',
      finishReasonRaw: 'completed',
      outputText: 'Hello',
    })
  })

  it('readSent() infers tool_calls from items that the application must carry out', () => {
    const read = (output: object[]) =>
      readSent({ url, request, body: JSON.stringify({ ...head, status: 'completed', output, usage }) })
    expect(read([functionCall])).toMatchObject({
      finishReason: 'tool_calls',
      toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"a":1}' }],
    })
    expect(read([{ type: 'mcp_approval_request', id: 'a' }]).finishReason).toBe('tool_calls')
    expect(read([{ type: 'shell_call' }, { type: 'shell_call_output' }, message]).finishReason).toBe('stop')
    expect(read([{ type: 'web_search_call' }, message]).finishReason).toBe('stop')
  })

  it('readSent() takes everything from the terminal event of a stream', () => {
    const completed = {
      type: 'response.completed',
      response: { ...head, status: 'completed', output: [message], usage },
    }
    const body = toSse([created, textDelta('Hel'), textDelta('lo'), completed], { named: true })
    expect(readSent({ ...streamed, body })).toMatchObject({
      streamComplete: true,
      outputText: 'Hello',
      outputTokens: 40,
      responseModel: 'gpt-5-2025-08-07',
    })
    expect(
      readSent({ ...streamed, body: toSse([created, textDelta('Hel'), textDelta('lo'), completed]) }).outputText,
    ).toBe('Hello')
  })

  it('readSent() keeps what the deltas said when the terminal event is empty or missing', () => {
    const call = { type: 'response.output_item.added', output_index: 1, item: { ...functionCall, arguments: '' } }
    const args = { type: 'response.function_call_arguments.delta', output_index: 1, item_id: 'other', delta: '{"a":1}' }
    const events = [created, textDelta('Hello'), call, args]
    const expected = { outputText: 'Hello', toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"a":1}' }] }
    expect(readSent({ ...streamed, body: toSse(events) })).toMatchObject({ ...expected, streamComplete: false })
    const empty = { type: 'response.completed', response: { ...head, status: 'completed', output: [], usage } }
    expect(readSent({ ...streamed, body: toSse([...events, empty]) })).toMatchObject({
      ...expected,
      finishReason: 'tool_calls',
    })
  })

  it('readSent() tells incomplete, failed and queued answers apart', () => {
    const read = (more: object) => readSent({ url, request, body: JSON.stringify({ ...head, output: [], ...more }) })
    const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    expect(read(cut)).toMatchObject({ finishReason: 'length', finishReasonRaw: 'max_output_tokens' })
    const failed = { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'slow down' } }
    expect(read(failed)).toMatchObject({ status: 'error', errorType: 'rate_limit', finishReason: 'error' })
    expect(read({ status: 'queued', usage: null })).toMatchObject({
      status: 'success',
      finishReason: null,
      inputTokens: null,
    })
  })

  it('readSent() is an error after response.failed and after an error event', () => {
    const error = { code: 'server_error', message: 'The server had an error' }
    const failed = { type: 'response.failed', response: { ...head, status: 'failed', output: [], error, usage: null } }
    const expected = { status: 'error', errorType: 'server', errorCode: 'server_error', errorMessage: error.message }
    expect(readSent({ ...streamed, body: toSse([created, textDelta('a'), failed]) })).toMatchObject(expected)
    const event = { type: 'error', ...error, param: null, sequence_number: 3 }
    expect(readSent({ ...streamed, body: toSse([created, textDelta('a'), event]) })).toMatchObject(expected)
  })
})
