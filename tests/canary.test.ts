/**
 * Personal data and secrets planted in every field of every wire format and dialect, and looked for in every place that the server and the
 * SDK write to or answer from. The same is done once with all content kept, where they must be found: so this test can fail.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSafety } from '@inferometer/sdk/safety-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { callThroughSdk } from './canary/call-canaries.ts'
import { Canaries } from './canary/canaries.ts'
import { sendDialects, sendLogs, sendRest } from './canary/send-canaries.ts'
import { askAll, type CallAnswer, readFolder, type Sinks, scrapeAll, startDestination } from './canary/sinks.ts'
import { freePorts, runCli } from './harness/run-cli.ts'
import { waitUntil } from './harness/wait-until.ts'

type Content = 'off' | 'redacted' | 'full'

const runMs = 120_000
const forwardMs = 40_000

interface Outcome {
  readonly canaries: Canaries
  readonly sinks: Sinks
  readonly calls: readonly CallAnswer[]
  readonly wireNames: readonly string[]
  /** Dialects whose spans are calls. */
  readonly callNames: readonly string[]
}

/** Plants everything in a server with this policy, and gathers all that came of it. */
async function run(content: Content): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'inferometer-canary-'))
  const canaries = new Canaries()
  const plant = (place: string) => canaries.plant(place)
  const destination = await startDestination()
  const forward = [
    '--forward-traces',
    destination.url,
    '--forward-logs',
    `${destination.url}/logs`,
    '--forward-metrics',
    `${destination.url}/write`,
  ]
  const dataDir = join(folder, 'data')
  const server = runCli([
    'start',
    ...freePorts,
    '--data-dir',
    dataDir,
    '--content',
    content,
    '--log-level',
    'trace',
    ...forward,
  ])
  try {
    await server.printed('Ready in').catch((error: unknown) => {
      throw new Error(`${String(error)}: ${server.errors()}`)
    })
    const { addresses } = JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8'))
    // Where nothing is masked, names that the application gives are its own affair.
    const plantsNames = content !== 'off'
    const safety =
      content === 'full' ? {} : { safety: createSafety({ pii: content === 'redacted' ? 'redact' : 'observe' }) }
    const sdk = { serviceName: 'wire', content, ...safety }
    const wireNames = await callThroughSdk({
      plant,
      plantsNames,
      sdk: { ...sdk, endpoint: addresses.otlpHttp, spoolDir: false },
    })
    const callNames = await sendDialects({ ...addresses, plant }, plantsNames)
    await sendLogs({ ...addresses, plant })
    await sendRest({ ...addresses, plant }, plantsNames)
    const spoolDir = join(folder, 'spool')
    // Nobody listens there: what is recorded goes to disk. Where nothing is kept, that holds without safety, too.
    const alone = content === 'off' ? { serviceName: 'wire', content } : sdk
    await callThroughSdk({ plant, plantsNames, sdk: { ...alone, endpoint: 'http://127.0.0.1:9', spoolDir } }).catch(
      () => undefined,
    )
    const asked = await askAll(addresses.api, 'api')
    const sinks: Sinks = new Map([
      ...asked.sinks,
      ...(await askAll(addresses.console, 'console')).sinks,
      ...(await scrapeAll(addresses.metrics)),
    ])
    await waitUntil(
      'all is forwarded',
      async () => destination.received.has('forwarded to /write') && (await isForwarded(addresses.api)),
      forwardMs,
    )
    for (const [name, bytes] of await readFolder(folder)) sinks.set(`while it runs, ${name}`, bytes)
    await server.stop()
    for (const [name, bytes] of await readFolder(folder)) sinks.set(name, bytes)
    for (const [name, bytes] of destination.received) sinks.set(name, bytes)
    sinks.set('standard output', [Buffer.from(server.out())])
    sinks.set('standard error', [Buffer.from(server.errors())])
    return { canaries, sinks, calls: asked.calls, wireNames, callNames }
  } finally {
    await server.stop()
    await destination.close()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Forwarding {
  readonly destinations: readonly { readonly pending_calls: number; readonly problem: string | null }[]
}

async function isForwarded(api: string): Promise<boolean> {
  const { forward } = (await (await fetch(`${api}/v1/metrics/health`)).json()) as { forward: Forwarding }
  return forward.destinations.every(({ pending_calls, problem }) => pending_calls === 0 && problem === null)
}

/** Where what was planted turned up, by sink. */
function findAll({ canaries, sinks }: Outcome): Record<string, readonly string[]> {
  const found = [...sinks].map(
    ([name, parts]) => [name, [...new Set(parts.flatMap((bytes) => canaries.find(bytes)))]] as const,
  )
  return Object.fromEntries(found.filter(([, places]) => places.length > 0))
}

describe.each(['off', 'redacted'] as const)('with content %s', (content) => {
  let outcome: Outcome
  beforeAll(async () => {
    outcome = await run(content)
  }, runMs)

  it('no canary is found anywhere', () => {
    expect(findAll(outcome)).toEqual({})
  })

  it('all were recorded as calls, and their findings are counted', () => {
    const { calls, wireNames, sinks, callNames } = outcome
    const services = (name: string) => calls.filter(({ service_name }) => service_name === name).length
    expect(services('wire')).toBe(2 * wireNames.length + 2)
    for (const name of callNames) expect([name, services(`dialect ${name}`)]).toEqual([name, 2])
    // The event without a span waits for it, and becomes a call when the server stops.
    expect(services('dialect logs')).toBe(1)
    const [metrics] = sinks.get('/metrics as text/plain') ?? []
    for (const pattern of ['email', 'phone', 'credit_card', 'us_ssn', 'iban', 'model_api_key'])
      expect(
        new RegExp(`^llm_findings_total{.*pattern="${pattern}".*} [1-9]`, 'm').test(String(Buffer.from(metrics ?? []))),
      ).toBe(true)
  })
})

describe('with content full', () => {
  let outcome: Outcome
  beforeAll(async () => {
    outcome = await run('full')
  }, runMs)

  it('a canary is in the kept prompt of every call of every format and dialect', () => {
    const { calls, wireNames, callNames, canaries } = outcome
    const withCanary = (service: string) =>
      calls.filter(
        ({ service_name, content }) =>
          service_name === service && canaries.find(JSON.stringify(content ?? '')).length > 0,
      )
    expect(withCanary('wire')).toHaveLength(2 * wireNames.length + 1)
    for (const name of callNames) expect([name, withCanary(`dialect ${name}`).length]).toEqual([name, 2])
    expect(withCanary('dialect logs')).toHaveLength(1)
    expect(withCanary('rest')).toHaveLength(1)
  })

  it.each([
    'api /v1/calls?limit=1000&content=true',
    'api /v1/calls/{trace_id}/{span_id}',
    'api /v1/traces/{trace_id}',
    'api /v1/export?format=csv',
    'api /v1/query',
    'console /v1/calls?limit=1000&content=true',
    'forwarded to /v1/traces',
    'forwarded to /logs',
    'file data/',
    'file spool/',
    'while it runs, file data/',
  ])('canaries are found in %s', (name) => {
    const found = Object.keys(findAll(outcome)).filter((sink) => sink.startsWith(name))
    expect(found).not.toEqual([])
  })

  it('even so, none is in metrics or logs', () => {
    const found = Object.keys(findAll(outcome)).filter((sink) =>
      /^(\/metrics|standard|forwarded to \/write)/.test(sink),
    )
    expect(found).toEqual([])
    expect(outcome.sinks.has('forwarded to /write')).toBe(true)
  })
})

it('every kind of canary is what the shipped patterns find', () => {
  const canaries = new Canaries()
  const { mask } = createSafety({ pii: 'redact' })
  expect(mask(canaries.plant('here'))).toBe(
    'Write to [EMAIL] or call [PHONE]. Card [CREDIT_CARD], SSN [US_SSN], IBAN [IBAN], key [MODEL_API_KEY].',
  )
  for (const encode of [encodeURIComponent, btoa, JSON.stringify]) {
    expect(canaries.find(encode(canaries.plant('encoded')))).not.toEqual([])
    expect(canaries.find(mask(encode(canaries.plant('encoded'))))).toEqual([])
  }
})
