import { describe, expect, it } from 'vitest'
import { detectSent, readSent, toJsonLines } from './read-answer.cases.ts'

const local = 'http://localhost:11434'
const counts = { total_duration: 913140194, prompt_eval_count: 67, eval_count: 47 }

describe('ollama answers', () => {
  it('readSent() reads chat with thinking and tool calls', () => {
    const message = {
      role: 'assistant',
      content: 'Hi',
      thinking: 'hm',
      tool_calls: [{ function: { name: 'weather', arguments: { city: 'Rome' } } }],
    }
    const body = JSON.stringify({ model: 'qwen3', message, done: true, done_reason: 'stop', ...counts })
    expect(readSent({ url: `${local}/api/chat`, request: { model: 'qwen3', stream: false }, body })).toMatchObject({
      responseModel: 'qwen3',
      inputTokens: 67,
      outputTokens: 47,
      outputText: 'Hi',
      finishReason: 'tool_calls',
      finishReasonRaw: 'stop',
      toolCalls: [{ id: null, name: 'weather', arguments: '{"city":"Rome"}' }],
    })
  })

  it('readSent() reads JSON lines whatever their content type', () => {
    const piece = (content: string) => ({ model: 'qwen3', message: { role: 'assistant', content }, done: false })
    const last = {
      model: 'qwen3',
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: 'length',
      eval_count: 47,
    }
    const body = toJsonLines([piece('Hé'), piece('llo'), last])
    for (const headers of [{ 'content-type': 'application/x-ndjson' }, { 'content-type': 'application/json' }, {}]) {
      const sent = {
        url: `${local}/api/chat`,
        request: { model: 'qwen3' },
        headers: headers as Record<string, string>,
        body,
      }
      expect(readSent(sent)).toMatchObject({
        outputText: 'Héllo',
        inputTokens: null,
        outputTokens: 47,
        finishReason: 'length',
        streamed: true,
        streamComplete: true,
      })
      const cut = toJsonLines([piece('Hé'), piece('llo')])
      expect(readSent({ ...sent, body: cut })).toMatchObject({ streamComplete: false, outputTokens: null })
    }
  })

  it('readSent() reads generate and embed', () => {
    const generate = { model: 'llama3', response: 'Hi', done: true, done_reason: 'stop', ...counts }
    expect(
      readSent({
        url: `${local}/api/generate`,
        request: { model: 'llama3', stream: false },
        body: JSON.stringify(generate),
      }),
    ).toMatchObject({ outputText: 'Hi', inputTokens: 67 })
    const embed = { model: 'all-minilm', embeddings: [[0.1, -0.2]], prompt_eval_count: 8 }
    expect(readSent({ url: `${local}/api/embed`, body: JSON.stringify(embed) })).toMatchObject({
      inputTokens: 8,
      outputTokens: null,
    })
  })

  it('readSent() reads its errors, in a stream too', () => {
    const error = { error: 'model "x" not found, try pulling it first' }
    expect(readSent({ url: `${local}/api/chat`, status: 404, body: JSON.stringify(error) })).toMatchObject({
      errorType: 'invalid_request',
      errorCode: '404',
      errorMessage: error.error,
    })
    expect(readSent({ url: `${local}/api/chat`, body: toJsonLines([error]) })).toMatchObject({
      status: 'error',
      streamComplete: false,
    })
  })

  it('detectCall() knows that it streams unless told otherwise', () => {
    const streaming = (request: object) => detectSent({ url: `${local}/api/chat`, request, body: '' }).streaming
    expect([
      streaming({ model: 'a' }),
      streaming({ model: 'a', stream: true }),
      streaming({ model: 'a', stream: false }),
    ]).toEqual([true, true, false])
  })
})
