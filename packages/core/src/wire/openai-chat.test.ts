import { describe, expect, it } from 'vitest'
import { done, openSent, readByLine, readSent, toBytes, toSse } from './read-answer.cases.ts'

const url = 'https://api.openai.com/v1/chat/completions'
const request = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }
const streamed = { url, request: { ...request, stream: true }, headers: { 'content-type': 'text/event-stream' } }

function chunk(delta: object, more: object = {}, rest: object = {}) {
  const choices = [{ index: 0, delta, finish_reason: null, ...more }]
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    model: 'gpt-4o-2024-08-06',
    choices,
    usage: null,
    ...rest,
  }
}

const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 }
const usageChunk = { ...chunk({}), choices: [], usage }

describe('openai.chat answer', () => {
  it('readSent() gives text, usage with its subsets and ids when whole', () => {
    const body = JSON.stringify({
      id: 'chatcmpl-1',
      model: 'gpt-4o-2024-08-06',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hé!' }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 64 },
        completion_tokens_details: { reasoning_tokens: 30 },
      },
    })
    expect(readSent({ url, request, headers: { 'x-request-id': 'req_1' }, body })).toEqual({
      responseModel: 'gpt-4o-2024-08-06',
      responseId: 'chatcmpl-1',
      requestId: 'req_1',
      inputTokens: 100,
      outputTokens: 50,
      cacheReadTokens: 64,
      cacheWriteTokens: null,
      reasoningTokens: 30,
      reportedCostNanoUsd: null,
      finishReason: 'stop',
      finishReasonRaw: 'stop',
      finishReasonsRaw: ['stop'],
      status: 'success',
      errorType: null,
      errorCode: null,
      errorMessage: null,
      toolCalls: [],
      outputText: 'Hé!',
      streamed: false,
      streamComplete: null,
    })
  })

  it('readSent() takes the usage of a chunk that has no choices', () => {
    const chunks = [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hi' }),
      chunk({}, { finish_reason: 'stop' }),
    ]
    const withEmpty = readSent({ ...streamed, body: toSse([...chunks, usageChunk], { end: done }) })
    expect(withEmpty).toMatchObject({ inputTokens: 9, outputTokens: 2, outputText: 'Hi', streamComplete: true })
    const { choices: _, ...bare } = usageChunk
    expect(readSent({ ...streamed, body: toSse([...chunks, bare], { end: done }) })).toEqual(withEmpty)
  })

  it('readSent() is complete with a finish reason and no [DONE], and with [DONE] and no finish reason', () => {
    const reason = toSse([chunk({ content: 'Hi' }), chunk({}, { finish_reason: 'stop' })])
    expect(readSent({ ...streamed, body: reason }).streamComplete).toBe(true)
    const sentinel = toSse([chunk({ content: 'Hi' }), chunk({ content: '!' })], { end: done })
    expect(readSent({ ...streamed, body: sentinel })).toMatchObject({ streamComplete: true, finishReason: null })
    const text = toSse([chunk({ content: 'Hi' }), chunk({ content: 'data: [DONE]' })])
    expect(readSent({ ...streamed, body: text })).toMatchObject({ streamComplete: false, inputTokens: null })
  })

  it('readSent() takes the last of running usages', () => {
    const running = [1, 2, 3].map((count) =>
      chunk({ content: 'a' }, {}, { usage: { prompt_tokens: 5, completion_tokens: count, total_tokens: 5 + count } }),
    )
    expect(readSent({ ...streamed, body: toSse(running, { end: done }) })).toMatchObject({
      inputTokens: 5,
      outputTokens: 3,
    })
  })

  it('readSent() finds the usage of Groq and of Moonshot', () => {
    const groq = chunk({}, { finish_reason: 'stop' }, { x_groq: { id: 'req_g', usage } })
    expect(readSent({ ...streamed, body: toSse([chunk({ content: 'a' }), groq]) }).outputTokens).toBe(2)
    const moonshot = chunk({}, { finish_reason: 'stop', usage })
    expect(readSent({ ...streamed, body: toSse([chunk({ content: 'a' }), moonshot]) }).outputTokens).toBe(2)
  })

  it('readSent() joins the pieces of tool calls', () => {
    const call = (index: number, id: string | undefined, fn: object) =>
      chunk({ tool_calls: [{ index, id, function: fn }] })
    const body = toSse(
      [
        call(0, 'call_a', { name: 'weather', arguments: '' }),
        call(0, undefined, { arguments: '{"city":' }),
        call(0, undefined, { arguments: '"Rome"}' }),
        call(1, 'call_b', { name: 'time', arguments: '{}' }),
        chunk({}, { finish_reason: 'tool_calls' }),
      ],
      { end: done },
    )
    expect(readSent({ ...streamed, body })).toMatchObject({
      finishReason: 'tool_calls',
      outputText: null,
      toolCalls: [
        { id: 'call_a', name: 'weather', arguments: '{"city":"Rome"}' },
        { id: 'call_b', name: 'time', arguments: '{}' },
      ],
    })
  })

  it('readSent() keeps whole calls apart that share an index or have none', () => {
    const calls = (index?: number) =>
      ['a', 'b'].map((id) => ({
        ...(index === undefined ? {} : { index }),
        id,
        function: { name: `f_${id}`, arguments: '{}' },
      }))
    for (const given of [calls(0), calls()]) {
      const body = toSse([chunk({ tool_calls: given }), chunk({}, { finish_reason: 'tool_calls' })], { end: done })
      expect(readSent({ ...streamed, body }).toolCalls.map((call) => call.name)).toEqual(['f_a', 'f_b'])
    }
  })

  it('readSent() reads the legacy function call', () => {
    const body = toSse([
      chunk({ function_call: { name: 'weather', arguments: '{"a"' } }),
      chunk({ function_call: { arguments: ':1}' } }),
      chunk({}, { finish_reason: 'function_call' }),
    ])
    const parts = readSent({ ...streamed, body })
    expect(parts.toolCalls).toEqual([{ id: null, name: 'weather', arguments: '{"a":1}' }])
    expect(parts.finishReason).toBe('tool_calls')
  })

  it('readSent() keeps several choices in order and the text of the first', () => {
    const at = (index: number, content: string, reason: string | null) =>
      chunk({ content }, { index, finish_reason: reason })
    const body = toSse([at(1, 'B', null), at(0, 'A', null), at(1, '', 'length'), at(0, '', 'stop')], { end: done })
    expect(readSent({ ...streamed, body })).toMatchObject({
      outputText: 'A',
      finishReasonRaw: 'stop',
      finishReasonsRaw: ['stop', 'length'],
    })
  })

  it("readSent() reads Mistral's parts and leaves thinking out of the text", () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hmm' }] },
      { type: 'text', text: 'Four' },
    ]
    const body = toSse([chunk({ content }), chunk({ content: '.' }, { finish_reason: 'stop' })])
    expect(readSent({ ...streamed, body }).outputText).toBe('Four.')
  })

  it('readSent() skips an empty first chunk and the comments of gateways', () => {
    const first = { id: '', model: '', object: '', choices: [], prompt_filter_results: [{}] }
    const body = `: OPENROUTER PROCESSING\n\n: keep-alive\n\n${toSse([first, chunk({ content: 'Hi' }), chunk({}, { finish_reason: 'stop' })])}`
    expect(readSent({ ...streamed, body })).toMatchObject({
      responseModel: 'gpt-4o-2024-08-06',
      responseId: 'chatcmpl-1',
    })
  })

  it('readSent() is an error when a chunk or a bare line brings one', () => {
    const error = { error: { message: 'Upstream failed', code: 502, type: null } }
    const chunks = toSse([chunk({ content: 'Hi' }), chunk({ content: ' you' })])
    for (const body of [`${chunks}${toSse([error])}`, `${chunks}${JSON.stringify(error)}\n`]) {
      expect(readSent({ ...streamed, body })).toMatchObject({
        status: 'error',
        errorType: 'server',
        errorCode: '502',
        errorMessage: 'Upstream failed',
        streamComplete: false,
        outputText: 'Hi you',
      })
    }
  })

  it('readSent() adds reasoning or audio that the total shows outside', () => {
    const read = (given: object) => readSent({ url, request, body: JSON.stringify({ choices: [], usage: given }) })
    const details = { completion_tokens_details: { reasoning_tokens: 320 } }
    const xai = { prompt_tokens: 12, completion_tokens: 2, total_tokens: 334, ...details }
    expect(read(xai)).toMatchObject({ inputTokens: 12, outputTokens: 322, reasoningTokens: 320 })
    const voxtral = {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 115,
      prompt_tokens_details: { audio_tokens: 100 },
    }
    expect(read(voxtral)).toMatchObject({ inputTokens: 110, outputTokens: 5 })
    const hidden = { prompt_tokens: 66, completion_tokens: 6, total_tokens: 100 }
    expect(read(hidden)).toMatchObject({ inputTokens: 66, outputTokens: 6, reasoningTokens: null })
  })

  it('contentSeen is false until the first content token and true from any kind of it', () => {
    const role = toBytes(toSse([chunk({ role: 'assistant', content: '', refusal: null })]))
    const kinds = [
      { content: 'a' },
      { reasoning_content: 'a' },
      { reasoning: 'a' },
      { refusal: 'no' },
      { audio: { data: 'AAAA' } },
      { tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '' } }] },
    ]
    for (const kind of kinds) {
      const reader = openSent({ ...streamed, body: '' }, false)
      reader.push(role)
      expect(reader.contentSeen).toBe(false)
      reader.push(toBytes(toSse([chunk(kind)])))
      expect(reader.contentSeen).toBe(true)
    }
  })

  it('readOutput() gives all that was written, in either mode', () => {
    const body = toBytes(
      toSse([
        chunk({ reasoning_content: 'think ' }),
        chunk({ content: 'say ' }),
        chunk({ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{"a":1}' } }] }),
        chunk({}, { finish_reason: 'stop' }),
      ]),
    )
    for (const content of [true, false]) {
      const reader = openSent({ ...streamed, body: '' }, content)
      readByLine(reader, body)
      expect(reader.readOutput()).toBe('think say {"a":1}')
    }
  })

  it('readOutput() is null when the stream was too long to keep', () => {
    const reader = openSent({ ...streamed, body: '' }, false)
    const long = toBytes(toSse([chunk({ content: 'x'.repeat(100_000) })]))
    for (let i = 0; i < 100; i++) reader.push(long)
    reader.push(toBytes(toSse([usageChunk], { end: done })))
    expect(reader.end()).toMatchObject({ inputTokens: 9, streamComplete: true })
    expect(reader.readOutput()).toBeNull()
  })
})
