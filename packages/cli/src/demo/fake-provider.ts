/** A provider that answers in every wire format we know, without a model behind it. For `inferometer demo`, doctor and tests. */
import { planAnswer } from './answer.ts'
import { type AnyRequest, type AnyResponse, listen } from './dual-listener.ts'
import { anthropicMessages } from './formats/anthropic-messages.ts'
import { bedrockConverse } from './formats/bedrock-converse.ts'
import { cohereChat } from './formats/cohere-chat.ts'
import type { Format } from './formats/format.ts'
import { geminiGenerate } from './formats/gemini-generate.ts'
import { ollamaChat } from './formats/ollama-chat.ts'
import { chatFormats } from './formats/openai-chat.ts'
import { openaiEmbeddings } from './formats/openai-embeddings.ts'
import { openaiResponses } from './formats/openai-responses.ts'
import { asObject, asText, type JsonObject } from './json.ts'
import type { LedgerEntry } from './ledger.ts'
import { hashText } from './random.ts'
import { isScenarioName, type Problem, type Scenario, scenarios } from './scenario.ts'
import { recordAnswer, type Served, sendJson, sendProblem, sendStream, sendWhole } from './send-answer.ts'

const otherFormats: readonly Format[] = [
  openaiResponses,
  openaiEmbeddings,
  anthropicMessages,
  geminiGenerate,
  ollamaChat,
  cohereChat,
  bedrockConverse,
]

export interface FakeProviderOptions {
  readonly host?: string
  readonly port?: number
  readonly seed?: number
  /** Scales all waiting: 1 is life-like, 0 does not wait at all. */
  readonly speed?: number
  /** What `Retry-After` asks for, in milliseconds. Clients that only know whole seconds wait one. */
  readonly retryAfterMs?: number
  /** Keeps what was sent. Off for traffic that runs for hours. */
  readonly ledger?: boolean
}

export interface FakeProvider {
  readonly port: number
  /** Base address without a trailing slash; append `/s/<scenario>` to choose what happens. */
  readonly url: string
  readonly ledger: readonly LedgerEntry[]
  clearLedger(): void
  close(): Promise<void>
}

interface State {
  readonly seed: number
  readonly speed: number
  readonly retryAfterMs: number
  readonly entries: LedgerEntry[] | null
  /** Requests whose `once` problem has been served. */
  readonly failedOnce: Set<number>
}

/** Starts the provider. Rejects when the port is taken. */
export async function startFakeProvider(options: FakeProviderOptions = {}): Promise<FakeProvider> {
  const { host = '127.0.0.1', port = 0, seed = 1, speed = 1, retryAfterMs = 100, ledger = true } = options
  const entries: LedgerEntry[] = []
  const state: State = { seed, speed, retryAfterMs, entries: ledger ? entries : null, failedOnce: new Set() }
  const listener = await listen(
    (request, response) => {
      serve(state, request, response).catch((error: unknown) => {
        // A client that went away is expected; anything else is ours.
        if (!response.destroyed && !response.writableEnded)
          sendJson(response, 500, { body: { error: { message: String(error) } } })
      })
    },
    { host, port },
  )
  return {
    port: listener.port,
    url: `http://${host}:${listener.port}`,
    ledger: entries,
    clearLedger: () => {
      entries.length = 0
    },
    close: listener.close,
  }
}

async function readBody(request: AnyRequest): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks).toString('utf8')
}

function parseBody(text: string): JsonObject | null {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return null
  }
}

/** Splits `/s/<scenario>/rest`; without the prefix everything is plain. */
function splitPath(rawPath: string): { name: string; path: string } {
  const match = /^\/s\/([^/]+)(\/.*)$/.exec(rawPath)
  return { name: match?.[1] ?? 'plain', path: match?.[2] ?? rawPath }
}

function findFormat(path: string, body: JsonObject): Format | undefined {
  const model = asText(body.model) ?? ''
  return (
    otherFormats.find((format) => format.matches(path)) ??
    chatFormats.find((format) => format.matches(path) && format.matchesModel(path, model))
  )
}

async function serve(state: State, request: AnyRequest, response: AnyResponse): Promise<void> {
  const text = await readBody(request)
  const split = splitPath((request.url ?? '/').split('?')[0] ?? '/')
  const name = asText(request.headers['x-fake-scenario']) ?? split.name
  if (!isScenarioName(name)) return sendJson(response, 404, { body: { error: { message: `no scenario '${name}'` } } })
  const body = parseBody(text)
  const format = body === null ? undefined : findFormat(split.path, body)
  if (!format || body === null)
    return sendJson(response, 404, { body: { error: { message: `nothing at ${split.path}` } } })
  const asked = format.read(body, split.path)
  const seed = state.seed ^ hashText(name)
  const answer = planAnswer(asked, { scenario: settle(scenarios[name], text), seed, nowMs: Date.now() })
  const { entries, speed, retryAfterMs } = state
  // HTTP/2 says `:authority` where HTTP/1 says `host`.
  const authority = asText(request.headers[':authority']) ?? request.headers.host ?? ''
  const served: Served = {
    response,
    path: split.path,
    scenarioName: name,
    format,
    asked,
    answer,
    seed,
    host: authority.replace(/:\d+$/, ''),
    entries,
    speed,
    retryAfterMs,
  }
  const step = chooseStep(state, scenarios[name], hashText(`${name} ${split.path} ${text}`))
  if (step === 'hang') {
    recordAnswer(served, { status: null })
    return
  }
  if (step !== 'answer') return sendProblem(served, step)
  return asked.streaming && format.stream ? sendStream(served, format.stream(answer, asked)) : sendWhole(served)
}

/** How a tool's result stands in a request, of each format that has tools. */
const toolResult = /"role":\s*"tool"|"type":\s*"(?:function_call_output|tool_result)"/

function settle(scenario: Scenario, requestText: string): Scenario {
  return scenario.untilToolResult && toolResult.test(requestText) ? { ...scenario, tools: false } : scenario
}

function chooseStep(state: State, scenario: Scenario, requestHash: number): Problem | 'hang' | 'answer' {
  const step = scenario.hang ? 'hang' : scenario.problem
  if (step === undefined) return 'answer'
  if (!scenario.once) return step
  if (state.failedOnce.delete(requestHash)) return 'answer'
  state.failedOnce.add(requestHash)
  return step
}
