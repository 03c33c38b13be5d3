import { describe, expect, it } from 'vitest'
import { readSent, toSse } from './read-answer.cases.ts'

const base = 'https://generativelanguage.googleapis.com/v1beta'
const request = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }
const whole = { url: `${base}/models/gemini-2.5-flash:generateContent`, request }
const streamed = { url: `${base}/models/gemini-2.5-flash:streamGenerateContent?alt=sse`, request }
const head = { modelVersion: 'gemini-2.5-flash', responseId: 'r1' }
const say = (text: string, more: object = {}) => ({ content: { role: 'model', parts: [{ text }] }, index: 0, ...more })

describe('gemini.generateContent answer', () => {
  it('readSent() adds tool prompts to the input and thoughts to the output', () => {
    const usageMetadata = {
      promptTokenCount: 55,
      toolUsePromptTokenCount: 202,
      candidatesTokenCount: 23,
      thoughtsTokenCount: 51,
      cachedContentTokenCount: 40,
      totalTokenCount: 331,
    }
    const parts = [{ text: 'hm', thought: true }, { text: 'Hello' }]
    const body = JSON.stringify({ candidates: [{ content: { parts }, finishReason: 'STOP' }], usageMetadata, ...head })
    expect(readSent({ ...whole, body })).toMatchObject({
      inputTokens: 257,
      outputTokens: 74,
      reasoningTokens: 51,
      cacheReadTokens: 40,
      outputText: 'Hello',
      finishReason: 'stop',
      finishReasonRaw: 'STOP',
    })
  })

  it('readSent() infers tool_calls from a function call', () => {
    const parts = [{ functionCall: { name: 'weather', args: { city: 'Rome' } } }]
    const body = JSON.stringify({ candidates: [{ content: { parts }, finishReason: 'STOP' }], ...head })
    expect(readSent({ ...whole, body })).toMatchObject({
      finishReason: 'tool_calls',
      toolCalls: [{ id: null, name: 'weather', arguments: '{"city":"Rome"}' }],
    })
  })

  it('readSent() reads finish reasons that come as numbers', () => {
    const body = JSON.stringify({
      candidates: [
        { ...say('a'), finishReason: 2 },
        { ...say('b'), index: 1, finishReason: 1 },
      ],
    })
    expect(readSent({ ...whole, body })).toMatchObject({
      finishReason: 'length',
      finishReasonRaw: '2',
      finishReasonsRaw: ['2', '1'],
    })
  })

  it('readSent() calls a blocked prompt filtered', () => {
    const body = JSON.stringify({
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
      usageMetadata: { promptTokenCount: 8 },
      ...head,
    })
    expect(readSent({ ...whole, body })).toMatchObject({
      finishReason: 'content_filter',
      inputTokens: 8,
      outputTokens: null,
      outputText: null,
    })
  })

  it('readSent() takes the last usage of a stream, as events and as a JSON array', () => {
    const events = [
      { candidates: [say('Hel')], usageMetadata: { promptTokenCount: 55 }, ...head },
      { candidates: [say('"[{lo}]\\')], usageMetadata: { promptTokenCount: 55, candidatesTokenCount: 1 }, ...head },
      {
        candidates: [say('', { finishReason: 'STOP' })],
        usageMetadata: { promptTokenCount: 257, candidatesTokenCount: 4 },
        ...head,
      },
    ]
    const expected = {
      inputTokens: 257,
      outputTokens: 4,
      outputText: 'Hel"[{lo}]\\',
      streamed: true,
      streamComplete: true,
    }
    const sse = toSse(events).replaceAll('\n', '\r\n')
    expect(readSent({ ...streamed, headers: { 'content-type': 'text/event-stream' }, body: sse })).toMatchObject(
      expected,
    )
    const array = `[${events.map((event) => JSON.stringify(event, null, 2)).join(',\r\n')}]`
    const asArray = {
      ...streamed,
      url: streamed.url.replace('?alt=sse', ''),
      headers: { 'content-type': 'application/json' },
    }
    expect(readSent({ ...asArray, body: array })).toMatchObject(expected)
    expect(readSent({ ...asArray, body: array.slice(0, -300) })).toMatchObject({ streamComplete: false })
  })

  it('readSent() reads an error, also one inside an array', () => {
    const error = { error: { code: 429, message: 'quota', status: 'RESOURCE_EXHAUSTED' } }
    for (const body of [JSON.stringify(error), JSON.stringify([error])]) {
      expect(readSent({ ...streamed, status: 429, body })).toMatchObject({
        errorType: 'rate_limit',
        errorCode: 'RESOURCE_EXHAUSTED',
        errorMessage: 'quota',
        streamed: false,
      })
    }
  })

  it('readSent() counts embeddings', () => {
    const values = Array.from({ length: 8000 }, (_, i) => i / 7)
    const gemini = {
      url: `${base}/models/gemini-embedding-001:embedContent`,
      request: { content: { parts: [{ text: 'a' }] } },
    }
    const body = JSON.stringify({ embedding: { values }, usageMetadata: { promptTokenCount: 4 } })
    expect(readSent({ ...gemini, body })).toMatchObject({ inputTokens: 4, outputTokens: null })
    const vertex = {
      url: 'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/text-embedding-004:predict',
      body: JSON.stringify(
        { predictions: [1, 3].map((token_count) => ({ embeddings: { values, statistics: { token_count } } })) },
        null,
        1,
      ),
    }
    expect(readSent(vertex)).toMatchObject({ inputTokens: 4, outputTokens: null })
  })
})

describe('gemini.interactions answer', () => {
  const url = `${base}/interactions`
  const usage = {
    total_input_tokens: 22,
    total_tool_use_tokens: 129,
    total_output_tokens: 973,
    total_thought_tokens: 249,
    total_cached_tokens: 0,
  }
  const call = { type: 'function_call', id: 'c1', name: 'weather', arguments: { city: 'Rome' } }

  it('readSent() reads a whole interaction', () => {
    const steps = [{ type: 'thought' }, { type: 'model_output', content: [{ type: 'text', text: 'Hi' }] }]
    const body = JSON.stringify({ id: 'v1_a', model: 'gemini-2.5-flash', status: 'completed', usage, steps })
    expect(readSent({ url, body })).toMatchObject({
      inputTokens: 151,
      outputTokens: 1222,
      reasoningTokens: 249,
      outputText: 'Hi',
      finishReason: 'stop',
    })
    const waiting = JSON.stringify({ id: 'v1_a', model: 'g', status: 'requires_action', usage, steps: [call] })
    expect(readSent({ url, body: waiting })).toMatchObject({
      finishReason: 'tool_calls',
      toolCalls: [{ id: 'c1', arguments: '{"city":"Rome"}' }],
    })
  })

  it('readSent() reads a stream of steps', () => {
    const interaction = { id: 'v1_a', model: 'g', status: 'in_progress' }
    const events = [
      { event_type: 'interaction.created', interaction },
      { event_type: 'step.start', index: 0, step: { type: 'model_output' } },
      { event_type: 'step.delta', index: 0, delta: { type: 'text', text: 'Hel' } },
      { event_type: 'step.delta', index: 0, delta: { type: 'text', text: 'lo' } },
      { event_type: 'step.start', index: 1, step: { ...call, arguments: {} } },
      { event_type: 'step.delta', index: 1, delta: { type: 'arguments_delta', arguments: '{"city":"Rome"}' } },
      { event_type: 'interaction.completed', interaction: { ...interaction, status: 'requires_action', usage } },
    ]
    const sent = {
      url,
      request: { model: 'g', stream: true, input: 'hi' },
      headers: { 'content-type': 'text/event-stream' },
    }
    expect(readSent({ ...sent, body: toSse(events) })).toMatchObject({
      outputText: 'Hello',
      toolCalls: [{ id: 'c1', name: 'weather', arguments: '{"city":"Rome"}' }],
      finishReason: 'tool_calls',
      inputTokens: 151,
      streamComplete: true,
    })
  })
})
