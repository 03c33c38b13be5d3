/** Runs real clients in a process of their own, as a user's app does, and collects what they understood. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Question {
  readonly client: string
  readonly baseUrl: string
  readonly model: string
  readonly prompt: string
  readonly streaming: boolean
  /** Leaves the stream after the first piece of text. */
  readonly stopEarly?: boolean
}

/** Names that clients know their providers by; local-hosts.js makes them lead to this machine. */
const providerHosts: Readonly<Record<string, string>> = {
  anthropic: 'api.anthropic.com',
  google: 'generativelanguage.googleapis.com',
  ollama: 'ollama.com',
  mistral: 'api.mistral.ai',
  cohere: 'api.cohere.com',
  bedrock: 'bedrock-runtime.us-east-1.amazonaws.com',
  'bedrock-http1': 'bedrock-runtime.us-east-1.amazonaws.com',
  groq: 'api.groq.com',
}

export function providerUrl(client: string, port: number): string {
  return `http://${providerHosts[client] ?? 'api.openai.com'}:${port}`
}

export interface ClientAnswer extends Question {
  readonly ok: boolean
  readonly text?: string | null
  readonly error?: string
  readonly wallMs: number
}

/** Every client of clients.mjs, with a model whose price is known. */
export const clientModels: Readonly<Record<string, string>> = {
  openai: 'gpt-4o-mini',
  'openai-responses': 'gpt-4o',
  'openai-embeddings': 'text-embedding-3-small',
  anthropic: 'claude-haiku-4-5',
  google: 'gemini-2.5-flash',
  'ai-chat': 'gpt-4.1-mini',
  'ai-responses': 'gpt-4o',
  ollama: 'llama3.2',
  mistral: 'mistral-small-latest',
  cohere: 'command-r-plus',
  bedrock: 'us.amazon.nova-lite-v1:0',
  'bedrock-http1': 'us.amazon.nova-lite-v1:0',
  langchain: 'gpt-4o',
  groq: 'llama-3.3-70b-versatile',
}

export interface AskOptions {
  /** Modules loaded before the app, as `node --import` does. */
  readonly imports?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** One question after the other, in order; rejects when the app itself fails. */
export async function askClients(
  questions: readonly Question[],
  { imports = [], env = {} }: AskOptions = {},
): Promise<ClientAnswer[]> {
  const script = fileURLToPath(new URL('run-clients.mjs', import.meta.url))
  const args = [...imports.flatMap((module) => ['--import', module]), script]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  let out = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  child.stdin.end(JSON.stringify(questions))
  const exitCode = await new Promise((resolve) => child.once('close', resolve))
  if (exitCode !== 0) throw new Error(`The app with the clients ended with ${exitCode}:\n${errors}`)
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line): ClientAnswer => JSON.parse(line))
}
