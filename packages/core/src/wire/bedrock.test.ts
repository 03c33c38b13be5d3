import { describe, expect, it } from 'vitest'
import { readSent, toAwsChunks, toAwsStream } from './read-answer.cases.ts'

const host = 'https://bedrock-runtime.eu-west-1.amazonaws.com'
const claude = `${host}/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0`
const stream = { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': 'req-1' }
const messages = [{ role: 'user', content: [{ text: 'hi' }] }]
const metrics = { inputTokenCount: 14, outputTokenCount: 97, invocationLatency: 5 }

describe('bedrock.converse answer', () => {
  const usage = {
    inputTokens: 10,
    outputTokens: 5,
    totalTokens: 1515,
    cacheReadInputTokens: 1000,
    cacheWriteInputTokens: 500,
  }

  it('readSent() counts cached tokens into the input', () => {
    const content = [{ text: 'Hi' }, { toolUse: { toolUseId: 't1', name: 'weather', input: { city: 'Rome' } } }]
    const body = JSON.stringify({ output: { message: { content } }, stopReason: 'tool_use', usage })
    expect(readSent({ url: `${claude}/converse`, request: { messages }, body })).toMatchObject({
      inputTokens: 1510,
      outputTokens: 5,
      cacheReadTokens: 1000,
      cacheWriteTokens: 500,
      responseModel: null,
      finishReason: 'tool_calls',
      outputText: 'Hi',
      toolCalls: [{ id: 't1', name: 'weather', arguments: '{"city":"Rome"}' }],
    })
  })

  const events = [
    ['messageStart', { role: 'assistant' }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'hm' } } }],
    ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'Hé' } }],
    ['contentBlockStop', { contentBlockIndex: 1 }],
    ['contentBlockStart', { contentBlockIndex: 2, start: { toolUse: { toolUseId: 't1', name: 'weather' } } }],
    ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '{"city":"Rome"}' } } }],
    ['messageStop', { stopReason: 'tool_use' }],
  ] as const

  it('readSent() reads a stream, whose usage comes behind its stop', () => {
    const body = toAwsStream([...events, ['metadata', { usage, metrics: { latencyMs: 5 } }]])
    expect(readSent({ url: `${claude}/converse-stream`, request: { messages }, headers: stream, body })).toMatchObject({
      inputTokens: 1510,
      outputText: 'Hé',
      toolCalls: [{ id: 't1', name: 'weather', arguments: '{"city":"Rome"}' }],
      finishReason: 'tool_calls',
      streamComplete: true,
      requestId: 'req-1',
    })
  })

  it('readSent() is an error when an exception comes as an event', () => {
    const body = toAwsStream([...events.slice(0, 3), ['throttlingException', { message: 'Too many tokens' }]])
    expect(readSent({ url: `${claude}/converse-stream`, request: { messages }, headers: stream, body })).toMatchObject({
      status: 'error',
      errorType: 'rate_limit',
      errorCode: 'throttlingException',
      errorMessage: 'Too many tokens',
      streamComplete: false,
      outputText: 'Hé',
    })
  })

  it('readSent() reads the error type from its header', () => {
    const headers = {
      'content-type': 'application/json',
      'x-amzn-errortype': 'ValidationException:http://internal.amazon.com/',
    }
    const body = JSON.stringify({ message: 'The provided model identifier is invalid.' })
    expect(
      readSent({ url: `${claude}/converse-stream`, request: { messages }, status: 400, headers, body }),
    ).toMatchObject({
      errorType: 'invalid_request',
      errorCode: 'ValidationException',
      streamed: false,
    })
  })

  it('readSent() leaves out a message with a wrong checksum and stops at a wrong prelude', () => {
    const sent = { url: `${claude}/converse-stream`, request: { messages }, headers: stream }
    const body = toAwsStream([...events, ['metadata', { usage }]])
    const first = toAwsStream([['messageStart', { role: 'assistant' }]]).byteLength
    const damaged = body.slice()
    damaged[first - 6] = 0
    expect(readSent({ ...sent, body: damaged })).toMatchObject({ inputTokens: 1510, outputText: 'Hé' })
    const lost = body.slice()
    lost[first + 9] = (lost[first + 9] ?? 0) ^ 1
    expect(readSent({ ...sent, body: lost })).toMatchObject({
      inputTokens: null,
      outputText: null,
      streamComplete: false,
    })
  })
})

describe('bedrock.invoke answer', () => {
  const invoke = (model: string) => `${host}/model/${model}/invoke`
  const invokeStream = (model: string) => `${host}/model/${model}/invoke-with-response-stream`

  it("readSent() takes the body's counts before the headers'", () => {
    const headers = { 'x-amzn-bedrock-input-token-count': '5', 'x-amzn-bedrock-output-token-count': '10' }
    const read = (model: string, request: object, answer: object) =>
      readSent({ url: invoke(model), request, headers, body: JSON.stringify(answer) })
    const llama = { generation: 'Hi', prompt_token_count: 7, generation_token_count: 3, stop_reason: 'length' }
    expect(read('meta.llama3-8b-instruct-v1:0', { prompt: 'a' }, llama)).toMatchObject({
      inputTokens: 7,
      outputTokens: 3,
      finishReason: 'length',
      outputText: 'Hi',
    })
    const mistral = { outputs: [{ text: 'Hi', stop_reason: 'stop' }] }
    expect(read('mistral.mistral-7b-instruct-v0:2', { prompt: 'a' }, mistral)).toMatchObject({
      inputTokens: 5,
      outputTokens: 10,
      outputText: 'Hi',
    })
  })

  it("readSent() reads the bodies of the models' makers", () => {
    const read = (model: string, request: object, answer: object) =>
      readSent({ url: invoke(model), request, body: JSON.stringify(answer) })
    const chat = { messages }
    const anthropic = {
      id: 'msg_bdrk_1',
      type: 'message',
      model: 'claude-3-haiku',
      content: [{ type: 'text', text: 'Hi' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 9, output_tokens: 2 },
    }
    expect(read('anthropic.claude-3-haiku-20240307-v1:0', chat, anthropic)).toMatchObject({
      inputTokens: 9,
      outputText: 'Hi',
    })
    const nova = {
      output: { message: { content: [{ text: 'Hi' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 9, outputTokens: 2, cacheReadInputTokenCount: 4 },
    }
    expect(read('amazon.nova-lite-v1:0', chat, nova)).toMatchObject({
      inputTokens: 13,
      cacheReadTokens: 4,
      outputText: 'Hi',
    })
    const titan = { inputTextTokenCount: 6, results: [{ tokenCount: 3, outputText: 'Hi', completionReason: 'FINISH' }] }
    expect(read('amazon.titan-text-express-v1', { inputText: 'a' }, titan)).toMatchObject({
      inputTokens: 6,
      outputTokens: 3,
      finishReason: 'stop',
      outputText: 'Hi',
    })
    const openai = {
      id: 'x',
      model: 'deepseek',
      choices: [{ index: 0, message: { content: 'Hi' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 9, completion_tokens: 2 },
    }
    expect(read('us.deepseek.r1-v1:0', chat, openai)).toMatchObject({ inputTokens: 9, outputText: 'Hi' })
    const cohere = { response_id: 'c1', text: 'Hi', finish_reason: 'COMPLETE' }
    expect(read('cohere.command-r-v1:0', { message: 'a' }, cohere)).toMatchObject({
      responseId: 'c1',
      outputText: 'Hi',
    })
    const jurassic = { id: 1, completions: [{ data: { text: 'Hi' }, finishReason: { reason: 'length' } }] }
    expect(read('ai21.j2-mid-v1', { prompt: 'a' }, jurassic)).toMatchObject({
      finishReason: 'length',
      outputText: 'Hi',
    })
    const embedding = { embedding: [0.1], inputTextTokenCount: 5 }
    expect(read('amazon.titan-embed-text-v2:0', { inputText: 'a' }, embedding)).toMatchObject({
      inputTokens: 5,
      outputTokens: null,
    })
  })

  it("readSent() takes a stream's own counts before the invocation metrics", () => {
    const events = [
      {
        type: 'message_start',
        message: { id: 'msg_1', model: 'claude', usage: { input_tokens: 14, output_tokens: 4 } },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 133 } },
      { type: 'message_stop', 'amazon-bedrock-invocationMetrics': metrics },
    ]
    const url = invokeStream('anthropic.claude-3-5-sonnet-20240620-v1:0')
    expect(readSent({ url, request: { messages }, headers: stream, body: toAwsChunks(events) })).toMatchObject({
      inputTokens: 14,
      outputTokens: 133,
      outputText: 'Hi',
      streamComplete: true,
    })
    const text = [
      { outputs: [{ text: 'Hi', stop_reason: null }] },
      { outputs: [{ text: '', stop_reason: 'stop' }], 'amazon-bedrock-invocationMetrics': metrics },
    ]
    const mistral = invokeStream('mistral.mistral-7b-instruct-v0:2')
    expect(
      readSent({ url: mistral, request: { prompt: 'a' }, headers: stream, body: toAwsChunks(text) }),
    ).toMatchObject({
      inputTokens: 14,
      outputTokens: 97,
      finishReason: 'stop',
      outputText: 'Hi',
    })
    const nova = [
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { delta: { text: 'Hi' }, contentBlockIndex: 0 } },
      { messageStop: { stopReason: 'max_tokens' } },
      { metadata: { usage: { inputTokens: 30, outputTokens: 55 } }, 'amazon-bedrock-invocationMetrics': metrics },
    ]
    expect(
      readSent({
        url: invokeStream('amazon.nova-lite-v1:0'),
        request: { messages },
        headers: stream,
        body: toAwsChunks(nova),
      }),
    ).toMatchObject({ inputTokens: 30, outputTokens: 55, finishReason: 'length', outputText: 'Hi' })
  })
})
