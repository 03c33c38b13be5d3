/** One question per known client library, as code for a process of its own that loads the user's copy of it. */

export interface Probe {
  /** The package whose presence makes the probe worth running. */
  readonly packageName: string
  readonly alsoNeeds: readonly string[]
  readonly model: string
  /** Body of an async function: `load(name)` loads a module, `at(host)` is the provider's address (see demo/local-hosts.ts), `key` any text. */
  readonly code: string
}

const messages = `[{ role: 'user', content: 'Are you there?' }]`

export const probes: readonly Probe[] = [
  {
    packageName: 'openai',
    alsoNeeds: [],
    model: 'gpt-4o-mini',
    code: `const { OpenAI } = await load('openai')
     await new OpenAI({ baseURL: at('api.openai.com') + '/v1', apiKey: key }).chat.completions.create({ model, messages: ${messages} })`,
  },
  {
    packageName: '@anthropic-ai/sdk',
    alsoNeeds: [],
    model: 'claude-haiku-4-5',
    code: `const { Anthropic } = await load('@anthropic-ai/sdk')
     await new Anthropic({ baseURL: at('api.anthropic.com'), apiKey: key }).messages.create({ model, max_tokens: 100, messages: ${messages} })`,
  },
  {
    packageName: '@google/genai',
    alsoNeeds: [],
    model: 'gemini-2.5-flash',
    code: `const { GoogleGenAI } = await load('@google/genai')
     const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: at('generativelanguage.googleapis.com') } })
     await client.models.generateContent({ model, contents: 'Are you there?' })`,
  },
  {
    packageName: 'ai',
    alsoNeeds: ['@ai-sdk/openai'],
    model: 'gpt-4o-mini',
    code: `const { generateText } = await load('ai')
     const { createOpenAI } = await load('@ai-sdk/openai')
     const provider = createOpenAI({ baseURL: at('api.openai.com') + '/v1', apiKey: key })
     await generateText({ model: provider.chat(model), prompt: 'Are you there?' })`,
  },
  {
    packageName: 'ollama',
    alsoNeeds: [],
    model: 'llama3.2',
    code: `const { Ollama } = await load('ollama')
     await new Ollama({ host: at('ollama.com') }).chat({ model, messages: ${messages} })`,
  },
  {
    packageName: '@mistralai/mistralai',
    alsoNeeds: [],
    model: 'mistral-small-latest',
    code: `const { Mistral } = await load('@mistralai/mistralai')
     await new Mistral({ serverURL: at('api.mistral.ai'), apiKey: key }).chat.complete({ model, messages: ${messages} })`,
  },
  {
    packageName: 'cohere-ai',
    alsoNeeds: [],
    model: 'command-r-plus',
    code: `const { CohereClientV2 } = await load('cohere-ai')
     await new CohereClientV2({ environment: at('api.cohere.com'), token: key }).chat({ model, messages: ${messages} })`,
  },
  {
    packageName: 'groq-sdk',
    alsoNeeds: [],
    model: 'llama-3.3-70b-versatile',
    code: `const { Groq } = await load('groq-sdk')
     await new Groq({ baseURL: at('api.groq.com'), apiKey: key }).chat.completions.create({ model, messages: ${messages} })`,
  },
  {
    packageName: '@langchain/openai',
    alsoNeeds: [],
    model: 'gpt-4o-mini',
    code: `const { ChatOpenAI } = await load('@langchain/openai')
     await new ChatOpenAI({ model, apiKey: key, configuration: { baseURL: at('api.openai.com') + '/v1' } }).invoke('Are you there?')`,
  },
  {
    packageName: '@aws-sdk/client-bedrock-runtime',
    alsoNeeds: [],
    model: 'amazon.nova-lite-v1:0',
    code: `const { BedrockRuntimeClient, ConverseCommand } = await load('@aws-sdk/client-bedrock-runtime')
     const credentials = { accessKeyId: key, secretAccessKey: key }
     const client = new BedrockRuntimeClient({ region: 'us-east-1', endpoint: at('bedrock-runtime.us-east-1.amazonaws.com'), credentials })
     const content = [{ text: 'Are you there?' }]
     await client.send(new ConverseCommand({ modelId: model, messages: [{ role: 'user', content }] }))
     client.destroy()`,
  },
]
