import { describe, expect, it } from 'vitest'
import { detectCall, findEndpoint } from './detect.ts'

const chat = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }

function detect(url: string, body: object | string | null = chat, method = 'POST') {
  const text = body === null || typeof body === 'string' ? body : JSON.stringify(body)
  return detectCall({ method, url: new URL(url), headers: () => null, body: text })
}

function summary(url: string, body?: object | string | null): string {
  const call = detect(url, body)
  return call === null
    ? 'none'
    : `${call.provider} ${call.format} ${call.operation} ${call.requestModel}${call.streaming ? ' stream' : ''}`
}

describe('detectCall()', () => {
  it.each([
    ['https://api.openai.com/v1/chat/completions', 'openai openai.chat chat m'],
    ['https://api.openai.com/v1/chat/completions/', 'openai openai.chat chat m'],
    ['https://api.openai.com/v1/completions', 'openai openai.completions text_completion m'],
    ['https://api.openai.com/v1/responses', 'openai openai.responses chat m'],
    ['https://api.openai.com/v1/embeddings', 'openai openai.embeddings embeddings m'],
    [
      'https://res.openai.azure.com/openai/deployments/d/chat/completions?api-version=1',
      'azure.ai.openai openai.chat chat m',
    ],
    ['https://res.openai.azure.com/openai/v1/responses', 'azure.ai.openai openai.responses chat m'],
    [
      'https://res.cognitiveservices.azure.com/openai/deployments/d/embeddings',
      'azure.ai.openai openai.embeddings embeddings m',
    ],
    ['https://res.services.ai.azure.com/models/chat/completions', 'azure.ai.inference openai.chat chat m'],
    ['https://res.services.ai.azure.com/anthropic/v1/messages', 'azure.ai.inference anthropic.messages chat m'],
    ['https://apim.corp.example/llm/openai/deployments/d/chat/completions', 'azure.ai.openai openai.chat chat m'],
    ['https://api.anthropic.com/v1/messages?beta=true', 'anthropic anthropic.messages chat m'],
    ['https://api.anthropic.com/v1/complete', 'anthropic anthropic.complete text_completion m'],
    ['https://api.deepseek.com/anthropic/v1/messages', 'deepseek anthropic.messages chat m'],
    ['https://api.groq.com/openai/v1/chat/completions', 'groq openai.chat chat m'],
    ['https://api.mistral.ai/v1/fim/completions', 'mistral_ai openai.chat text_completion m'],
    ['https://openrouter.ai/api/v1/chat/completions', 'openrouter openai.chat chat m'],
    ['https://api.perplexity.ai/chat/completions', 'perplexity openai.chat chat m'],
    ['https://api.writer.com/v1/chat', 'writer openai.chat chat m'],
    ['https://api.cohere.com/v1/chat', 'cohere cohere.chat-v1 chat m'],
    ['https://api.cohere.com/v2/chat', 'cohere cohere.chat-v2 chat m'],
    ['https://api.cohere.ai/v1/embed', 'cohere cohere.embed embeddings m'],
    ['http://ollama:11434/api/chat', 'ollama ollama.chat chat m stream'],
    ['http://localhost:11434/v1/chat/completions', 'ollama openai.chat chat m'],
    ['http://127.0.0.1:8000/v1/chat/completions', 'vllm openai.chat chat m'],
    ['http://localhost:1234/v1/responses', 'lmstudio openai.responses chat m'],
    ['https://bedrock-mantle.us-east-1.api.aws/v1/chat/completions', 'aws.bedrock openai.chat chat m'],
    ['https://acc.snowflakecomputing.com/api/v2/cortex/inference:complete', 'snowflake openai.chat chat m'],
    ['https://gateway.ai.cloudflare.com/v1/acc/gw/anthropic/v1/messages', 'anthropic anthropic.messages chat m'],
  ])('names provider and format of %s', (url, expected) => {
    expect(summary(url)).toBe(expected)
  })

  it('takes the model from the path where the body has none', () => {
    const { model: _, ...noModel } = chat
    const gemini = { contents: [{ parts: [{ text: 'hi' }] }] }
    const bedrock = 'https://bedrock-runtime.us-gov-west-1.amazonaws.com/model'
    const vertex = 'https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers'
    expect(summary('https://res.openai.azure.com/openai/deployments/gpt-4o/chat/completions', noModel)).toBe(
      'azure.ai.openai openai.chat chat gpt-4o',
    )
    expect(summary(`${bedrock}/us.anthropic.claude-sonnet-4-20250514-v1%3A0/converse-stream`, noModel)).toBe(
      'aws.bedrock bedrock.converse chat us.anthropic.claude-sonnet-4-20250514-v1:0 stream',
    )
    expect(
      summary(
        'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
        gemini,
      ),
    ).toBe('gcp.gemini gemini.generateContent chat gemini-2.5-flash stream')
    expect(summary(`${vertex}/google/models/gemini-2.5-pro:generateContent`, gemini)).toBe(
      'gcp.vertex_ai gemini.generateContent chat gemini-2.5-pro',
    )
    expect(summary(`${vertex}/anthropic/models/claude-sonnet-4@20250514:streamRawPredict`, noModel)).toBe(
      'gcp.vertex_ai anthropic.messages chat claude-sonnet-4@20250514 stream',
    )
    expect(summary(`${vertex}/google/models/text-embedding-005:predict`, {})).toBe(
      'gcp.vertex_ai vertex.predict embeddings text-embedding-005',
    )
  })

  it("tells the kinds of Bedrock's InvokeModel apart", () => {
    const kind = (model: string, body: object) =>
      detect(`https://bedrock-runtime.us-east-1.amazonaws.com/model/${model}/invoke`, body)?.operation ?? null
    expect(kind('anthropic.claude-3-haiku-20240307-v1:0', chat)).toBe('chat')
    expect(kind('cohere.command-r-v1:0', { message: 'a' })).toBe('chat')
    expect(kind('meta.llama3-8b-instruct-v1:0', { prompt: 'a' })).toBe('text_completion')
    expect(kind('amazon.titan-text-express-v1', { inputText: 'a' })).toBe('text_completion')
    expect(kind('amazon.titan-embed-text-v2:0', { inputText: 'a' })).toBe('embeddings')
    expect(kind('stability.sd3-large-v1:0', { prompt: 'a cat' })).toBeNull()
    expect(kind('amazon.nova-canvas-v1:0', { taskType: 'TEXT_IMAGE' })).toBeNull()
    expect(kind('cohere.rerank-v3-5:0', { query: 'a', documents: [] })).toBeNull()
  })

  it('believes an unknown host only when the body fits', () => {
    const gateway = 'https://llm.corp.example/v1'
    expect(summary(`${gateway}/chat/completions`)).toBe('openai openai.chat chat m')
    expect(summary(`${gateway}/messages`, { ...chat, max_tokens: 5 })).toBe('anthropic anthropic.messages chat m')
    expect(summary(`${gateway}/embeddings`, { model: 'e', input: ['a'] })).toBe('openai openai.embeddings embeddings e')
    expect(summary(`${gateway}/responses`, { model: 'e', input: 'a', stream: true })).toBe(
      'openai openai.responses chat e stream',
    )
    for (const [path, body] of [
      ['chat/completions', { prompt: 'a' }],
      ['chat/completions', 'not json'],
      ['chat/completions', null],
      ['completions', { query: 'course' }],
      ['messages', { text: 'hello', room: 4 }],
      ['responses', { survey: 1, answers: [] }],
      ['embeddings', {}],
    ] as const) {
      expect(detect(`${gateway}/${path}`, body)).toBeNull()
    }
  })

  it.each([
    'https://api.openai.com/v1/files',
    'https://api.openai.com/v1/batches',
    'https://api.openai.com/v1/moderations',
    'https://api.openai.com/v1/audio/transcriptions',
    'https://api.openai.com/v1/images/generations',
    'https://api.openai.com/v1/threads/t/messages',
    'https://api.openai.com/v1/responses/resp_1/cancel',
    'https://api.anthropic.com/v1/messages/count_tokens',
    'https://api.anthropic.com/v1/messages/batches',
    'https://api.cohere.com/v2/rerank',
    'https://generativelanguage.googleapis.com/v1beta/models/g:countTokens',
    'https://generativelanguage.googleapis.com/v1beta/models/g:batchGenerateContent',
    'https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/count-tokens:rawPredict',
    'https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/imagen-4.0:predict',
    'https://bedrock-runtime.us-east-1.amazonaws.com/guardrail/g/version/1/apply',
    'http://localhost:11434/api/pull',
    'https://my-app.example/api/chat',
    'http://localhost:3000/api/chat',
    'https://my-app.example/api/generate',
    'https://my-app.example/v2/chat',
  ])('leaves %s alone', (url) => {
    expect(detect(url)).toBeNull()
  })

  const hello = [{ role: 'user', content: 'hi' }]
  const blocks = [{ role: 'user', content: [{ text: 'hi' }] }]

  it.each([
    ['/api/chat', { model: 'm', messages: hello, stream: true }, 'ollama ollama.chat chat m stream'],
    ['/api/chat', { model: 'm', messages: hello, options: { num_ctx: 5 } }, 'ollama ollama.chat chat m stream'],
    ['/api/generate', { model: 'm', prompt: 'a', stream: false }, 'ollama ollama.generate text_completion m'],
    ['/v2/chat', { model: 'm', messages: hello, stream: false }, 'cohere cohere.chat-v2 chat m'],
    ['/v1/chat', { model: 'm', message: 'hi', stream: true }, 'cohere cohere.chat-v1 chat m stream'],
    ['/model/any/converse', { messages: blocks }, 'aws.bedrock bedrock.converse chat any'],
    ['/model/any/converse-stream', { messages: blocks }, 'aws.bedrock bedrock.converse chat any stream'],
    [
      '/model/us.anthropic.claude-x%3A0/invoke',
      { anthropic_version: 'bedrock-2023-05-31', messages: hello, max_tokens: 5 },
      'aws.bedrock bedrock.invoke chat us.anthropic.claude-x:0',
    ],
    [
      '/model/profile/invoke-with-response-stream',
      { anthropic_version: 'bedrock-2023-05-31', messages: hello, max_tokens: 5 },
      'aws.bedrock bedrock.invoke chat profile stream',
    ],
    [
      '/model/meta.llama3-8b-instruct-v1%3A0/invoke',
      { prompt: 'a' },
      'aws.bedrock bedrock.invoke text_completion meta.llama3-8b-instruct-v1:0',
    ],
  ])("knows a provider's own API at an unknown host: %s %j", (path, body, expected) => {
    expect(summary(`http://127.0.0.1:8123${path}`, body)).toBe(expected)
    expect(summary(`https://proxy.corp.example/llm${path}`, body)).toBe(expected)
  })

  it.each([
    ['/api/chat', { messages: hello, stream: true }],
    ['/api/chat', { model: 'm', messages: hello }],
    ['/api/chat', { model: 'm', messages: hello, stream: true, chatId: 'c1' }],
    ['/api/chat', { model: 'm', messages: [{ role: 'user', content: 'hi', parts: [] }], stream: true }],
    ['/api/chat', { model: 'm', messages: [], stream: true }],
    ['/api/chat', { model: 'm', messages: [...hello, 'x'], stream: true }],
    ['/api/generate', { model: 'm', prompt: 'a', stream: true, style: 'haiku' }],
    ['/api/generate', { prompt: 'a', stream: true }],
    ['/v2/chat', { model: 'm', messages: hello }],
    ['/v2/chat', { model: 'm', messages: [{ role: 'visitor', content: 'a' }], stream: true }],
    ['/v2/chat', { model: 'm', messages: hello, stream: true, room: 4 }],
    ['/v1/chat', { model: 'm', messages: hello, stream: true }],
    ['/v1/chat', { model: 'm', message: 'hi', stream: true, session: 's' }],
    ['/model/any/converse', { messages: hello }],
    ['/model/any/converse', { text: 'hi' }],
    ['/model/churn-predictor/invoke', { prompt: 'a' }],
    ['/model/churn-predictor/invoke', { messages: hello }],
    ['/model/meta.llama3-8b-instruct-v1%3A0/invoke', { rows: [1, 2] }],
    ['/model/stability.sd3-large-v1%3A0/invoke', { prompt: 'a cat' }],
  ])('takes what an application calls the same for its own: %s %j', (path, body) => {
    expect(detect(`http://127.0.0.1:8123${path}`, body)).toBeNull()
  })

  it('leaves other methods alone', () => {
    expect(detect('https://api.openai.com/v1/chat/completions', chat, 'GET')).toBeNull()
    expect(findEndpoint('GET', new URL('https://api.openai.com/v1/responses'))).toBeNull()
  })

  it('still finds a call at a known host when its body cannot be read', () => {
    expect(summary('https://api.openai.com/v1/chat/completions', null)).toBe('openai openai.chat chat null')
    expect(detect('https://api.openai.com/v1/chat/completions', null)?.readInput()).toEqual([])
  })

  it('finds the end user', () => {
    const userOf = (more: object) => detect('https://api.openai.com/v1/chat/completions', { ...chat, ...more })?.userId
    expect(userOf({ user: 'u1' })).toBe('u1')
    expect(userOf({ safety_identifier: 'u2' })).toBe('u2')
    expect(userOf({ metadata: { user_id: 'u3' } })).toBe('u3')
    expect(userOf({ user: '' })).toBeNull()
  })
})
