/** Recorded answers of real providers, read by the real clients, must arrive at the server as the recordings say. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClientAnswer, providerUrl, type Question } from './harness/ask-clients.ts'
import { hasRecordings, type Recorded, type Replay, readRecorded, startReplay } from './harness/replay.ts'
import { type ListedCall, startWatchedServer, type WatchedServer } from './harness/watched-server.ts'

/** Which client reads which recordings: provider and api. */
const readers: Readonly<Record<string, string>> = {
  'openai openai.chat': 'openai',
  'openai openai.responses': 'openai-responses',
  'openai openai.embeddings': 'openai-embeddings',
  'anthropic anthropic.messages': 'anthropic',
  'gemini gemini.generateContent': 'google',
  'gemini gemini.streamGenerateContent': 'google',
  'bedrock bedrock.converse': 'bedrock-http1',
  'bedrock bedrock.converse-stream': 'bedrock-http1',
  'cohere cohere.chat-v2': 'cohere',
  'ollama ollama.chat': 'ollama',
  'mistral openai.chat': 'mistral',
  'groq openai.chat': 'groq',
}
const mostOfAKind = 12
/** Client libraries retry the others. */
const answeredOnce = new Set([200, 400, 401, 403, 404])

function chooseRecorded(): Recorded[] {
  const kinds = new Map<string, Recorded[]>()
  for (const recorded of readRecorded()) {
    const { provider, api, streaming_requested, operation, http_status, status } = recorded
    const usable = readers[`${provider} ${api}`] && operation !== 'other' && answeredOnce.has(http_status)
    if (!usable || (http_status === 200 && status === 'error')) continue
    const kind = `${provider} ${api} ${streaming_requested} ${status}`
    kinds.set(kind, [...(kinds.get(kind) ?? []), recorded])
  }
  // Evenly spread: neighbours come from the same source.
  return [...kinds.values()].flatMap((all) =>
    all.filter((_, i) => i % Math.ceil(all.length / mostOfAKind) === 0).slice(0, mostOfAKind),
  )
}

function toQuestion({ id, provider, api, streaming_requested }: Recorded, port: number): Question {
  const client = readers[`${provider} ${api}`] ?? ''
  // The model names the exchange, so that its call can be found again.
  return {
    client,
    model: `replay-${id}`,
    prompt: 'Hello',
    streaming: streaming_requested,
    baseUrl: `${providerUrl(client, port)}/x/${id}`,
  }
}

/** REST field → truth field. Where the truth knows no number the provider sent none, and a local count may stand there. */
const fields = [
  ['status', 'status'],
  ['http_status', 'http_status'],
  ['response_model', 'response_model'],
  ['response_id', 'response_id'],
  ['finish_reason', 'finish_reason'],
  ['finish_reason_raw', 'finish_reason_raw'],
  ['prompt_tokens', 'input_tokens'],
  ['completion_tokens', 'output_tokens'],
  ['cached_tokens', 'cached_input_tokens'],
  ['cache_write_tokens', 'cache_write_tokens'],
  ['reasoning_tokens', 'reasoning_tokens'],
] as const satisfies [string, keyof Recorded][]

function compare(recorded: Recorded, call: ListedCall | undefined): string[] {
  if (call === undefined) return [`${recorded.id}: no call arrived`]
  return fields.flatMap(([ours, theirs]) => {
    const [got, wanted] = [call[ours], recorded[theirs]]
    const estimated = theirs.endsWith('_tokens') && wanted === null && call.usage_source !== 'provider'
    return got === wanted || estimated ? [] : [`${recorded.id}: ${ours} is ${got}, recorded is ${wanted}`]
  })
}

describe.skipIf(!hasRecordings())('recorded exchanges', () => {
  let replay: Replay
  let watched: WatchedServer
  beforeAll(async () => {
    replay = await startReplay()
    watched = await startWatchedServer()
  })
  afterAll(async () => {
    await watched?.remove()
    await replay?.stop()
  })

  it('arrive with their recorded tokens, models, ids and finish reasons', async () => {
    const chosen = chooseRecorded()
    const answers = await watched.ask(
      'replay',
      chosen.map((recorded) => toQuestion(recorded, replay.port)),
    )
    // A client that stumbles over an old recording leaves its stream half read, and so do we.
    const read = chosen.filter((recorded, i) => recorded.http_status !== 200 || isRead(answers[i]))
    const listed = await watched.listCalls('replay', chosen.length)
    const calls = new Map(listed.map((call) => [call.request_model, call]))
    const problems = read.flatMap((recorded) => compare(recorded, calls.get(`replay-${recorded.id}`)))
    console.log(`${read.length} of ${chosen.length} recorded exchanges compared, ${listed.length} calls arrived`)
    expect(problems).toEqual([])
    expect(read.length).toBeGreaterThan(chosen.length * 0.8)
  }, 90_000)
})

function isRead(answer: ClientAnswer | undefined): boolean {
  return answer?.ok === true
}

if (!hasRecordings()) console.log('left out: the recordings are not there (../shared/wire)')
