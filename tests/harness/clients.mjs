// Each real client, asked one question, streaming or not. Answers with what the client itself understood.
// Clients are loaded on first use: whatever watches them was started before.

const key = ['sk', 'x'.repeat(8)].join('-')

/** @typedef {{ baseUrl: string, model: string, prompt: string, streaming: boolean, stopEarly?: boolean }} Question */

async function collect(stream, stopEarly, read) {
  let text = ''
  for await (const chunk of stream) {
    text += read(chunk) ?? ''
    if (stopEarly && text !== '') break
  }
  return text
}

function openaiChat(load, prefix) {
  return async ({ baseUrl, model, prompt, streaming, stopEarly }) => {
    const Client = await load()
    const client = new Client({ baseURL: `${baseUrl}${prefix}`, apiKey: key, timeout: 5_000 })
    const question = { model, messages: [{ role: 'user', content: prompt }] }
    if (!streaming) return (await client.chat.completions.create(question)).choices[0].message.content
    const stream = await client.chat.completions.create({
      ...question,
      stream: true,
      stream_options: { include_usage: true },
    })
    return collect(stream, stopEarly, (chunk) => chunk.choices[0]?.delta?.content)
  }
}

async function openaiResponses({ baseUrl, model, prompt, streaming, stopEarly }) {
  const { default: OpenAI } = await import('openai')
  const client = new OpenAI({ baseURL: `${baseUrl}/v1`, apiKey: key, timeout: 5_000 })
  if (!streaming) return (await client.responses.create({ model, input: prompt })).output_text
  const stream = await client.responses.create({ model, input: prompt, stream: true })
  return collect(stream, stopEarly, (event) => (event.type === 'response.output_text.delta' ? event.delta : ''))
}

async function openaiEmbeddings({ baseUrl, model, prompt }) {
  const { default: OpenAI } = await import('openai')
  const client = new OpenAI({ baseURL: `${baseUrl}/v1`, apiKey: key })
  const { data } = await client.embeddings.create({ model, input: prompt })
  return String(data[0].embedding.length)
}

async function anthropic({ baseUrl, model, prompt, streaming, stopEarly }) {
  const { default: Anthropic } = await import('@anthropic-ai/sdk')
  const client = new Anthropic({ baseURL: baseUrl, apiKey: key, timeout: 5_000 })
  const question = { model, max_tokens: 1_000, messages: [{ role: 'user', content: prompt }] }
  if (!streaming) return (await client.messages.create(question)).content.find((part) => part.type === 'text')?.text
  return collect(await client.messages.create({ ...question, stream: true }), stopEarly, (event) => event.delta?.text)
}

async function google({ baseUrl, model, prompt, streaming, stopEarly }) {
  const { GoogleGenAI } = await import('@google/genai')
  const retryOptions = { attempts: 3 }
  const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl, retryOptions } })
  if (!streaming) return (await client.models.generateContent({ model, contents: prompt })).text
  return collect(
    await client.models.generateContentStream({ model, contents: prompt }),
    stopEarly,
    (chunk) => chunk.text,
  )
}

function aiSdk(api) {
  return async ({ baseUrl, model, prompt, streaming, stopEarly }) => {
    const { generateText, streamText } = await import('ai')
    const { createOpenAI } = await import('@ai-sdk/openai')
    const provider = createOpenAI({ baseURL: `${baseUrl}/v1`, apiKey: key })
    const question = { model: provider[api](model), prompt, onError: () => undefined }
    if (!streaming) return (await generateText(question)).text
    const result = streamText(question)
    const text = await collect(result.textStream, stopEarly, (piece) => piece)
    if (!stopEarly) await result.finishReason
    return text
  }
}

async function ollama({ baseUrl, model, prompt, streaming, stopEarly }) {
  const { Ollama } = await import('ollama')
  const client = new Ollama({ host: baseUrl })
  const question = { model, messages: [{ role: 'user', content: prompt }] }
  if (!streaming) return (await client.chat(question)).message.content
  return collect(await client.chat({ ...question, stream: true }), stopEarly, (part) => part.message.content)
}

async function mistral({ baseUrl, model, prompt, streaming, stopEarly }) {
  const { Mistral } = await import('@mistralai/mistralai')
  const client = new Mistral({ serverURL: baseUrl, apiKey: key })
  const question = { model, messages: [{ role: 'user', content: prompt }] }
  if (!streaming) return (await client.chat.complete(question)).choices[0].message.content
  return collect(await client.chat.stream(question), stopEarly, (event) => event.data.choices[0]?.delta.content)
}

async function cohere({ baseUrl, model, prompt, streaming, stopEarly }) {
  const { CohereClientV2 } = await import('cohere-ai')
  // Its timer outlives a request that fails, and keeps the process.
  const client = new CohereClientV2({ environment: baseUrl, token: key, timeoutInSeconds: 5 })
  const question = { model, messages: [{ role: 'user', content: prompt }] }
  if (!streaming) return (await client.chat(question)).message.content[0].text
  return collect(await client.chatStream(question), stopEarly, (event) => event.delta?.message?.content?.text)
}

/** Speaks HTTP/2 unless it is given another handler. */
async function bedrock({ baseUrl, model, prompt, streaming, stopEarly }, requestHandler) {
  const { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } = await import(
    '@aws-sdk/client-bedrock-runtime'
  )
  const credentials = { accessKeyId: 'x'.repeat(8), secretAccessKey: 'x'.repeat(8) }
  const client = new BedrockRuntimeClient({ region: 'us-east-1', endpoint: baseUrl, credentials, requestHandler })
  const question = { modelId: model, messages: [{ role: 'user', content: [{ text: prompt }] }] }
  try {
    if (!streaming) {
      const { output } = await client.send(new ConverseCommand(question))
      return output.message.content.find((part) => part.text !== undefined)?.text
    }
    const { stream } = await client.send(new ConverseStreamCommand(question))
    return await collect(stream, stopEarly, (event) => event.contentBlockDelta?.delta?.text)
  } finally {
    client.destroy()
  }
}

async function bedrockOverHttp1(question) {
  const { NodeHttpHandler } = await import('@smithy/node-http-handler')
  return bedrock(question, new NodeHttpHandler())
}

async function langchain({ baseUrl, model, prompt, streaming, stopEarly }) {
  const { ChatOpenAI } = await import('@langchain/openai')
  const client = new ChatOpenAI({ model, apiKey: key, maxRetries: 2, configuration: { baseURL: `${baseUrl}/v1` } })
  if (!streaming) return (await client.invoke(prompt)).content
  return collect(await client.stream(prompt), stopEarly, (chunk) => chunk.content)
}

const openai = async () => (await import('openai')).default
const groq = async () => (await import('groq-sdk')).default

/** @type {Record<string, (question: Question) => Promise<string | null | undefined>>} */
export const clients = {
  openai: openaiChat(openai, '/v1'),
  'openai-responses': openaiResponses,
  'openai-embeddings': openaiEmbeddings,
  anthropic,
  google,
  'ai-chat': aiSdk('chat'),
  'ai-responses': aiSdk('responses'),
  ollama,
  mistral,
  cohere,
  bedrock: (question) => bedrock(question),
  'bedrock-http1': bedrockOverHttp1,
  langchain,
  groq: openaiChat(groq, ''),
}
