/** The real clients, asked as an app asks them. Made after the SDK was started: they take hold of `fetch` when they are made. */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import type { PlannedCall } from './plan-call.ts'
import type { ClientName } from './services.ts'

export type AskModel = (call: PlannedCall) => Promise<void>

const key = ['sk', 'demo'].join('-')
const maxTokens = 1_000

/** The providers' real names lead to this machine here: see local-hosts.ts. */
export function createClients(port: number): Record<ClientName, AskModel> {
  const openai = new OpenAI({ baseURL: `http://api.openai.com:${port}/v1`, apiKey: key, maxRetries: 2 })
  const anthropic = new Anthropic({ baseURL: `http://api.anthropic.com:${port}`, apiKey: key, maxRetries: 2 })
  return {
    'openai-chat': (call) => askChat(openai, call),
    'openai-responses': (call) => askResponses(openai, call),
    'openai-embeddings': async (call) => {
      await openai.embeddings.create({ model: call.kind.model, input: call.question }, choose(call))
    },
    anthropic: (call) => askAnthropic(anthropic, call),
  }
}

function choose(call: PlannedCall) {
  return { headers: { 'x-fake-scenario': call.scenario } }
}

async function askChat(client: OpenAI, call: PlannedCall): Promise<void> {
  const user = { role: 'user', content: call.question } as const
  const messages = call.system === null ? [user] : [{ role: 'system', content: call.system } as const, user]
  const question = { model: call.kind.model, messages }
  if (!call.kind.streaming) {
    await client.chat.completions.create(question, choose(call))
    return
  }
  const options = { stream: true, stream_options: { include_usage: true } } as const
  await drain(await client.chat.completions.create({ ...question, ...options }, choose(call)))
}

async function askResponses(client: OpenAI, call: PlannedCall): Promise<void> {
  const question = { model: call.kind.model, input: call.question }
  await drain(await client.responses.create({ ...question, stream: true }, choose(call)))
}

async function askAnthropic(client: Anthropic, call: PlannedCall): Promise<void> {
  const system = call.system === null ? {} : { system: call.system }
  const messages = [{ role: 'user', content: call.question } as const]
  const question = { model: call.kind.model, max_tokens: maxTokens, messages, ...system }
  await drain(await client.messages.create({ ...question, stream: true }, choose(call)))
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}
