/** Puts one planned answer on the wire: whole, streamed, or as a problem. */
import type { Http2ServerResponse } from 'node:http2'
import type { Answer, Asked } from './answer.ts'
import type { AnyResponse } from './dual-listener.ts'
import type { Format, StreamedAnswer } from './formats/format.ts'
import type { JsonObject } from './json.ts'
import { createEntry, type LedgerEntry } from './ledger.ts'
import { createPace, createPacer } from './pace.ts'
import { hashText } from './random.ts'
import { type Problem, problemMessage, problemStatus, type Scenario, type ScenarioName, scenarios } from './scenario.ts'

/** A request with everything that decides how it is answered. */
export interface Served {
  readonly response: AnyResponse
  readonly path: string
  readonly scenarioName: ScenarioName
  readonly format: Format
  readonly asked: Asked
  readonly answer: Answer
  readonly seed: number
  readonly host: string
  /** Null: nothing is kept. */
  readonly entries: LedgerEntry[] | null
  readonly speed: number
  readonly retryAfterMs: number
}

export function recordAnswer(served: Served, fields: Partial<LedgerEntry> & { status: number | null }): LedgerEntry {
  const entry = createEntry({
    format: served.format.name,
    path: served.path,
    scenario: served.scenarioName,
    requestModel: served.asked.model,
    streaming: served.asked.streaming,
    host: served.host,
    question: served.answer.id,
    ...fields,
  })
  served.entries?.push(entry)
  return entry
}

export function sendJson(response: AnyResponse, status: number, { body, headers = {} }: JsonAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

export interface JsonAnswer {
  readonly body: JsonObject
  readonly headers?: Readonly<Record<string, string>>
}

export function sendProblem(served: Served, problem: Problem): void {
  const { format, retryAfterMs } = served
  const { body, headers } = format.fail(problem, problemMessage[problem])
  const retry =
    problem === 'rate_limit'
      ? { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)), 'retry-after-ms': String(retryAfterMs) }
      : {}
  recordAnswer(served, { status: problemStatus[problem], complete: true })
  const all = { ...format.headers(served.answer), ...headers, ...retry }
  sendJson(served.response, problemStatus[problem], { body, headers: all })
}

function openPace({ asked, answer, seed, speed }: Served) {
  return createPace({ model: asked.model, seed: seed ^ hashText(answer.id), speed })
}

export async function sendWhole(served: Served): Promise<void> {
  const { format, answer, asked, response } = served
  const scenario: Scenario = scenarios[served.scenarioName]
  const pace = openPace(served)
  const wait = createPacer()
  await wait(pace.firstTokenMs)
  for (let i = 1; i < answer.outputTokens; i++) await wait(pace.nextGapMs())
  const entry = recordAnswer(served, { ...format.truth(answer, asked), status: 200 })
  if (scenario.broken) return cut(response)
  response.once('finish', () => {
    entry.complete = true
  })
  sendJson(response, 200, { body: format.whole(answer, asked), headers: format.headers(answer) })
}

export async function sendStream(served: Served, { contentType, frames }: StreamedAnswer): Promise<void> {
  const { format, answer, asked, response } = served
  const started = performance.now()
  const scenario: Scenario = scenarios[served.scenarioName]
  const failure = scenario.streamError ? (format.streamError?.('server', problemMessage.server) ?? null) : null
  const entry = recordAnswer(served, { ...format.truth(answer, asked), status: 200, streamError: failure !== null })
  const pace = openPace(served)
  const wait = createPacer()
  const middle = Math.floor(frames.length / 2)
  response.writeHead(200, { 'content-type': contentType, ...format.headers(answer) })
  for (const [index, frame] of frames.entries()) {
    if (response.destroyed) return
    if (index === middle && scenario.broken) return cut(response)
    if (index === middle && failure) return void response.end(failure.bytes)
    if (index === middle && scenario.stall) await wait(pace.stallMs)
    if (frame.token) await wait(entry.firstTokenMs === null ? pace.firstTokenMs : pace.nextGapMs())
    await write(response, frame.bytes)
    if (frame.token) entry.firstTokenMs ??= performance.now() - started
  }
  response.once('finish', () => {
    entry.complete = true
  })
  response.end()
}

/** An event-loop turn after each write keeps the packets apart as on a real line. */
function write(response: AnyResponse, bytes: string | Uint8Array): Promise<void> {
  // Both classes take a chunk; their overloads just cannot be called through the union.
  ;(response as Http2ServerResponse).write(bytes)
  return new Promise((resolve) => setImmediate(resolve))
}

function cut(response: AnyResponse): void {
  if ('stream' in response) response.stream.destroy(new Error('cut'))
  else response.socket?.destroy()
}
