/** A server on free ports with a data directory of its own, and an app process whose calls it is sent. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type RunningServer, startServer } from '@inferometer/server'
import { askClients, type ClientAnswer, clientModels, type Question } from './ask-clients.ts'
import { testPrices } from './expected-calls.ts'
import { waitUntil } from './wait-until.ts'

/** A call as GET /v1/calls tells it. */
export type ListedCall = Readonly<Record<string, unknown>> & {
  readonly seq: number
  readonly attempts: readonly { readonly http_status: number | null }[]
}

export interface WatchedServer {
  readonly server: RunningServer
  readonly dataDir: string
  readonly configDir: string
  /** Asks in a process of its own that is watched by the SDK. */
  ask(
    service: string,
    questions: readonly Question[],
    variables?: Readonly<Record<string, string>>,
  ): Promise<ClientAnswer[]>
  /** All calls of a service, oldest first. Waits until there are `count`. */
  listCalls(service: string, count: number): Promise<ListedCall[]>
  readMetrics(): Promise<string>
  /** Stops the server and removes its folder. */
  remove(): Promise<void>
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const built = (path: string) => pathToFileURL(join(root, 'packages', path)).href
const imports = [built('cli/dist/demo/local-hosts.js'), built('sdk/dist/bundle/register.js')]

export async function startWatchedServer(): Promise<WatchedServer> {
  const missing = imports.find((address) => !existsSync(fileURLToPath(address)))
  if (missing) throw new Error(`Cannot run: ${missing} is not there. Build first: npm run build`)
  const folder = await mkdtemp(join(tmpdir(), 'inferometer-test-'))
  await writeFile(join(folder, 'model_prices.yaml'), writePrices())
  const settings = { dataDir: join(folder, 'data'), configDir: folder, logLevel: 'silent' } as const
  const server = await startServer({ ...settings, apiPort: 0, metricsPort: 0, otlpHttpPort: 0, otlpGrpcPort: 0 })
  const { api, metrics, otlpHttp } = server.addresses
  return {
    server,
    dataDir: settings.dataDir,
    configDir: folder,
    ask: (service, questions, variables = {}) => {
      const own = { INFEROMETER_ENDPOINT: otlpHttp, INFEROMETER_SERVICE_NAME: service, INFEROMETER_SPOOL_DIR: 'off' }
      const env = { ...own, ...variables }
      return askClients(questions, { imports, env })
    },
    async listCalls(service, count) {
      let calls: ListedCall[] = []
      const read = async () => {
        calls = await readCalls(api, service)
        return calls.length >= count
      }
      await waitUntil(`${service} has ${count} calls`, read, 5_000).catch(() => undefined)
      return calls.sort((a, b) => String(a.started_at).localeCompare(String(b.started_at)))
    },
    readMetrics: async () => (await fetch(`${metrics}/metrics`)).text(),
    async remove() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function readCalls(api: string, service: string): Promise<ListedCall[]> {
  const calls: ListedCall[] = []
  for (let cursor = ''; ; ) {
    const answer = await (await fetch(`${api}/v1/calls?limit=200&content=true&service_name=${service}${cursor}`)).json()
    calls.push(...answer.calls)
    if (answer.next_cursor === null) return calls
    cursor = `&cursor=${answer.next_cursor}`
  }
}

/** The same round prices for every model of the test, under any provider. */
function writePrices(): string {
  const { input, output, cacheRead, cacheWrite } = testPrices
  const cached = `cached_input_price_per_1m: ${cacheRead}, cache_write_price_per_1m: ${cacheWrite}`
  // Embeddings have no output: a price for it would make their cost unknown.
  const outputOf = (model: string) => (model.includes('embedding') ? 0 : output)
  const hosts: Record<string, string> = {
    anthropic: 'anthropic',
    google: 'gcp.gemini',
    ollama: 'ollama',
    mistral: 'mistral_ai',
    cohere: 'cohere',
    bedrock: 'aws.bedrock',
    'bedrock-http1': 'aws.bedrock',
    groq: 'groq',
  }
  const rows = new Map(
    Object.entries(clientModels).map(([client, model]) => [model, hosts[client] ?? 'openai'] as const),
  )
  return [...rows]
    .map(
      ([model, provider]) =>
        `- {model: '${model}', provider: ${provider}, input_price_per_1m: ${input}, output_price_per_1m: ${outputOf(model)}, ${cached}, version: test}\n`,
    )
    .join('')
}
