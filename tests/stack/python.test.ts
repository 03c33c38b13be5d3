/** Real Python instrumentations of the official client, into our gRPC and HTTP ports: the numbers are what the provider sent. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type RunningServer, startServer } from '@inferometer/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../../packages/cli/src/demo/fake-provider.ts'
import { findPython } from '../../tools/peers/python-venv.mjs'
import { hasRecordings, type Recorded, type Replay, readRecorded, startReplay } from '../harness/replay.ts'
import { waitUntil } from '../harness/wait-until.ts'

const python = findPython()
if (python === undefined) console.log('left out: the Python instrumentations are not installed (npm run test:stack)')
const withRecordings = hasRecordings()
if (!withRecordings) console.log('left out: recorded answers are not at hand; Python asks the fake provider alone')
const script = fileURLToPath(new URL('./ask_openai.py', import.meta.url))
const recordedAtMost = 40

/** What the wire said of one answer. */
interface Truth {
  readonly responseId: string | null
  readonly model: string | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly finishReason: string | null
}

interface Question {
  readonly base_url: string
  readonly model: string
  readonly stream: boolean
}

const instrumentations = ['openllmetry', 'openinference', 'opentelemetry'] as const
const protocols = ['grpc', 'http'] as const
const cases = instrumentations.flatMap((instrumentation) =>
  protocols.map((protocol) => ({ instrumentation, protocol })),
)

describe.skipIf(python === undefined)('the Python client of OpenAI', () => {
  let folder: string
  let server: RunningServer
  let fake: FakeProvider
  let replay: Replay | null = null

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inferometer-python-'))
    const ports = { apiPort: 0, metricsPort: 0, otlpHttpPort: 0, otlpGrpcPort: 0, consolePort: 0 }
    server = await startServer({ ...ports, dataDir: join(folder, 'data'), configDir: folder, logLevel: 'silent' })
    fake = await startFakeProvider({ speed: 0 })
    if (withRecordings) replay = await startReplay()
  }, 60_000)
  afterAll(async () => {
    await server?.stop()
    await fake?.close()
    await replay?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function ask(which: (typeof cases)[number], service: string, calls: readonly Question[]): Promise<void> {
    const { otlpHttp, otlpGrpc } = server.addresses
    const endpoint = which.protocol === 'grpc' ? otlpGrpc : otlpHttp
    const child = spawn(python ?? '', [script], { stdio: ['pipe', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    child.stdin.end(JSON.stringify({ ...which, endpoint, service, calls }))
    const exitCode = await new Promise((resolve) => child.once('close', resolve))
    expect(exitCode, errors).toBe(0)
  }

  async function readTruths(service: string, count: number): Promise<Truth[]> {
    const url = `${server.addresses.api}/v1/calls?limit=1000&service_name=${service}`
    const read = async (): Promise<Record<string, never>[]> => (await (await fetch(url)).json()).calls
    await waitUntil(`${count} calls of ${service} are recorded`, async () => (await read()).length >= count)
    return (await read()).map((call) => ({
      responseId: call.response_id ?? null,
      model: call.response_model ?? null,
      inputTokens: call.prompt_tokens ?? null,
      outputTokens: call.completion_tokens ?? null,
      finishReason: call.finish_reason ?? null,
    }))
  }

  const sorted = (truths: readonly Truth[]) => truths.map((truth) => JSON.stringify(truth)).sort()

  test.each(cases)(
    'with $instrumentation by $protocol agrees with the fake provider',
    async (which) => {
      fake.clearLedger()
      const calls = [false, true, false, true].map((stream) => ({
        base_url: `${fake.url}/v1`,
        model: 'gpt-4o-mini',
        stream,
      }))
      const service = `fake-${which.instrumentation}-${which.protocol}`
      await ask(which, service, calls)
      const told = await readTruths(service, calls.length)
      const wanted = fake.ledger.map((entry) => ({
        responseId: entry.responseId,
        model: entry.responseModel,
        inputTokens: entry.inputTokens,
        outputTokens: entry.outputTokens,
        finishReason: sendsReason(which, entry.streaming) ? entry.finishReason : null,
      }))
      expect(wanted).toHaveLength(calls.length)
      expect(sorted(told)).toEqual(sorted(wanted))
    },
    60_000,
  )

  test.skipIf(!withRecordings).each(cases)(
    'with $instrumentation by $protocol agrees with recorded answers',
    async (which) => {
      const rows = readRecorded().filter(isComparable)
      const chosen = [true, false].flatMap((stream) =>
        rows.filter((row) => row.streaming_requested === stream).slice(0, recordedAtMost / 2),
      )
      const calls = chosen.map((row) => ({
        base_url: `http://127.0.0.1:${replay?.port}/x/${row.id}/v1`,
        model: row.response_model ?? 'gpt-4o',
        stream: row.streaming_requested,
      }))
      const service = `recorded-${which.instrumentation}-${which.protocol}`
      await ask(which, service, calls)
      const told = await readTruths(service, calls.length)
      const wanted = chosen.map((row) => ({
        responseId: row.response_id,
        model: row.response_model,
        inputTokens: row.input_tokens,
        outputTokens: row.output_tokens,
        finishReason: sendsReason(which, row.streaming_requested) ? row.finish_reason : null,
      }))
      console.log(`${service}: ${told.length} calls`)
      expect(sorted(told)).toEqual(sorted(wanted))
    },
    120_000,
  )
})

const isComparable = (row: Recorded): boolean =>
  row.api === 'openai.chat' &&
  row.provider === 'openai' &&
  row.status === 'success' &&
  row.input_tokens !== null &&
  row.response_id !== null

/** The official instrumentation sends no finish reason of a stream; everything else is on each one's spans. */
const sendsReason = ({ instrumentation }: (typeof cases)[number], isStream: boolean): boolean =>
  instrumentation !== 'opentelemetry' || !isStream
