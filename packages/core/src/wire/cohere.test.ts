import { describe, expect, it } from 'vitest'
import { readSent, toJsonLines, toSse } from './read-answer.cases.ts'

const usage = {
  billed_units: { input_tokens: 8, output_tokens: 50 },
  tokens: { input_tokens: 1394, output_tokens: 54, reasoning_tokens: 12 },
  cached_tokens: 1360,
}

describe('cohere.chat-v2 answer', () => {
  const url = 'https://api.cohere.com/v2/chat'
  const request = { model: 'command-a-03-2025', messages: [{ role: 'user', content: 'hi' }] }
  const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } }

  it('readSent() gives what was used, not what is billed', () => {
    const message = {
      content: [
        { type: 'thinking', thinking: 'hm' },
        { type: 'text', text: 'Hi' },
      ],
    }
    const body = JSON.stringify({ id: 'r1', finish_reason: 'COMPLETE', message, usage })
    expect(readSent({ url, request, body })).toMatchObject({
      responseId: 'r1',
      inputTokens: 1394,
      outputTokens: 54,
      cacheReadTokens: 1360,
      reasoningTokens: 12,
      finishReason: 'stop',
      outputText: 'Hi',
    })
    const images = { ...usage, tokens: { input_tokens: 34, output_tokens: 70, image_tokens: 259 } }
    expect(readSent({ url, request, body: JSON.stringify({ id: 'r', usage: images }) }).inputTokens).toBe(293)
  })

  it('readSent() reads a stream with a tool plan and calls', () => {
    const events = [
      { type: 'message-start', id: 'r1', delta: { message: { role: 'assistant' } } },
      { type: 'tool-plan-delta', delta: { message: { tool_plan: 'I will' } } },
      { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
      { type: 'content-delta', index: 0, delta: { message: { content: { text: 'Hi' } } } },
      {
        type: 'tool-call-start',
        index: 0,
        delta: { message: { tool_calls: { ...call, function: { name: 'weather', arguments: '' } } } },
      },
      {
        type: 'tool-call-delta',
        index: 0,
        delta: { message: { tool_calls: { function: { arguments: '{"city":"Rome"}' } } } },
      },
      { type: 'message-end', delta: { finish_reason: 'TOOL_CALL', usage } },
    ]
    const sent = { url, request: { ...request, stream: true }, headers: { 'content-type': 'text/event-stream' } }
    expect(readSent({ ...sent, body: toSse(events, { named: true }) })).toMatchObject({
      responseId: 'r1',
      outputText: 'Hi',
      toolCalls: [{ id: 'c1', name: 'weather', arguments: '{"city":"Rome"}' }],
      finishReason: 'tool_calls',
      inputTokens: 1394,
      streamComplete: true,
    })
  })

  it('readSent() reads flat errors', () => {
    const read = (status: number, answer: object) => readSent({ url, request, status, body: JSON.stringify(answer) })
    expect(read(400, { error_type: 'TOO_MANY_TOKENS', message: 'too many tokens' })).toMatchObject({
      errorType: 'invalid_request',
      errorCode: 'TOO_MANY_TOKENS',
    })
    expect(read(401, { id: 'x', message: 'no key' })).toMatchObject({
      errorType: 'auth',
      errorCode: '401',
      errorMessage: 'no key',
    })
  })
})

describe('cohere v1 answers', () => {
  const chat = 'https://api.cohere.com/v1/chat'
  const headers = { 'content-type': 'application/stream+json' }
  const meta = { billed_units: { input_tokens: 23, output_tokens: 78 } }

  it('readSent() reads chat, whole and as JSON lines, and infers tool calls', () => {
    const calls = [{ name: 'weather', parameters: { city: 'Rome' } }]
    const answer = { response_id: 'r1', text: 'Hi', finish_reason: 'COMPLETE', tool_calls: calls, meta }
    const expected = {
      responseId: 'r1',
      inputTokens: 23,
      outputTokens: 78,
      finishReason: 'tool_calls',
      finishReasonRaw: 'COMPLETE',
      outputText: 'Hi',
      toolCalls: [{ id: null, name: 'weather', arguments: '{"city":"Rome"}' }],
    }
    const request = { message: 'hi' }
    expect(readSent({ url: chat, request, body: JSON.stringify(answer) })).toMatchObject(expected)
    const lines = [
      { is_finished: false, event_type: 'stream-start', generation_id: 'g' },
      { is_finished: false, event_type: 'text-generation', text: 'H' },
      { is_finished: false, event_type: 'text-generation', text: 'i' },
      { is_finished: true, event_type: 'stream-end', response: answer, finish_reason: 'COMPLETE' },
    ]
    const sent = { url: chat, request: { ...request, stream: true }, headers }
    expect(readSent({ ...sent, body: toJsonLines(lines) })).toMatchObject({ ...expected, streamComplete: true })
    expect(readSent({ ...sent, body: toJsonLines(lines.slice(0, 3)) })).toMatchObject({
      outputText: 'Hi',
      streamComplete: false,
    })
  })

  it('readSent() reads generate and embed', () => {
    const generate = { id: 'g1', generations: [{ id: 'x', text: 'Hi', finish_reason: 'MAX_TOKENS' }], meta }
    expect(readSent({ url: 'https://api.cohere.com/v1/generate', body: JSON.stringify(generate) })).toMatchObject({
      responseId: 'g1',
      finishReason: 'length',
      outputText: 'Hi',
    })
    const embed = {
      id: 'e1',
      texts: ['[1] a'],
      embeddings: { float: [Array.from({ length: 9000 }, (_, i) => i * 0.1)] },
      meta: { billed_units: { input_tokens: 7, image_tokens: 0 } },
    }
    expect(readSent({ url: 'https://api.cohere.com/v2/embed', body: JSON.stringify(embed) })).toMatchObject({
      responseId: 'e1',
      inputTokens: 7,
      outputTokens: null,
    })
  })
})
