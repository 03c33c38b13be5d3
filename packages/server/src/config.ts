/** Settings of the server: unknown in, complete and typed out. The environment and the command line are read in the cli. */
import { BlockList, isIP } from 'node:net'
import Type, { type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { describeProblems, type Problem } from './errors.ts'
import { type ForwardSettings, forwardSchema, listForwardProblems } from './forward-config.ts'
import { listProblems } from './problems.ts'

const MiB = 1024 * 1024
/** Zero takes any free port. */
const port = (what: string, fallback: number) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: fallback, description: what })
const count = (what: string, range: { minimum: number; maximum: number; default: number }) =>
  Type.Integer({ ...range, description: what })

const filePath = (what: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 4_096, description: what }))

const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const
const contentPolicies = ['off', 'redacted', 'full'] as const

const limitsSchema = Type.Object(
  {
    bodyBytes: count('Largest request body after decompression, in bytes', {
      minimum: 1_024,
      maximum: 1_024 * MiB,
      default: 16 * MiB,
    }),
    spansPerRequest: count('Most spans or records in one request', {
      minimum: 1,
      maximum: 1_000_000,
      default: 20_000,
    }),
    attributeBytes: count('Largest single text of a call that is kept (error message, tool arguments, prompt)', {
      minimum: 256,
      maximum: 64 * MiB,
      default: MiB,
    }),
    promptChars: count('Longest prompt taken by the scan and the token count calls, in characters', {
      minimum: 1,
      maximum: 64 * MiB,
      default: 1_000_000,
    }),
    models: count('Most values of the metric label model; more become __other__', {
      minimum: 1,
      maximum: 1_000_000,
      default: 200,
    }),
    providers: count('Most values of the metric label provider; more become __other__', {
      minimum: 1,
      maximum: 1_000_000,
      default: 50,
    }),
    services: count('Most values of the metric label service_name; more become __other__', {
      minimum: 1,
      maximum: 1_000_000,
      default: 100,
    }),
    series: count('Most series of all metrics together; more become __other__', {
      minimum: 100,
      maximum: 10_000_000,
      default: 50_000,
    }),
    pendingCalls: count('Most calls waiting for the store before requests are refused with 429', {
      minimum: 1,
      maximum: 10_000_000,
      default: 100_000,
    }),
  },
  { additionalProperties: false },
)

const retentionSchema = Type.Object(
  {
    days: count('Days that calls are kept; whole days are dropped, and the counters keep what they counted', {
      minimum: 1,
      maximum: 36_500,
      default: 30,
    }),
    bytes: count('Most bytes of the store on disk; beyond it the oldest calls are dropped', {
      minimum: 256 * MiB,
      maximum: 1_048_576 * MiB,
      default: 10_240 * MiB,
    }),
  },
  { additionalProperties: false },
)

export const configSchema = Type.Object(
  {
    host: Type.String({
      minLength: 1,
      maxLength: 255,
      default: '127.0.0.1',
      description: 'Address that every port is bound to. Anything but a loopback address needs an API key',
    }),
    apiPort: port('REST API', 8002),
    metricsPort: port('GET /metrics', 9464),
    otlpHttpPort: port('OTLP over HTTP', 4318),
    otlpGrpcPort: port('OTLP over gRPC', 4317),
    consolePort: port('Dashboards', 3002),
    dataDir: Type.String({
      minLength: 1,
      maxLength: 4_096,
      default: '.inferometer',
      description: 'Folder of the store',
    }),
    configDir: Type.String({
      minLength: 1,
      maxLength: 4_096,
      default: 'config',
      description: 'Folder of model_prices.yaml and patterns.yaml',
    }),
    dashboardsDir: Type.String({
      minLength: 1,
      maxLength: 4_096,
      default: 'build/dashboards',
      description: "Folder of the dashboards' files; what is edited there the console shows",
    }),
    apiKeys: Type.Array(Type.String({ minLength: 16, maxLength: 512, pattern: '^[\\x21-\\x7e]+$', writeOnly: true }), {
      default: [],
      maxItems: 100,
      description: 'Keys, any of which opens the server. Empty: no key is asked for, and only loopback can be bound',
    }),
    scrapeKey: Type.Optional(
      Type.String({
        minLength: 16,
        maxLength: 512,
        pattern: '^[\\x21-\\x7e]+$',
        writeOnly: true,
        description: 'Key that opens /metrics alone, which then asks for one even where nothing else does',
      }),
    ),
    tlsCert: filePath('File of the certificate, with its chain, in PEM form; every port then speaks TLS'),
    tlsKey: filePath('File of the private key of the certificate, in PEM form'),
    content: Type.Enum([...contentPolicies], {
      default: 'off',
      description: 'What is kept of prompts, answers and error messages: nothing, text with findings masked, or all',
    }),
    pseudonymKey: Type.Optional(
      Type.String({
        minLength: 16,
        maxLength: 512,
        writeOnly: true,
        description: 'Key of the pseudonyms that stand for masked data; without one all of a type look alike',
      }),
    ),
    logLevel: Type.Enum([...logLevels], { default: 'info', description: 'Least severe log line that is written' }),
    limits: limitsSchema,
    retention: retentionSchema,
    forward: forwardSchema,
  },
  { additionalProperties: false },
)

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T
export type ServerConfig = DeepReadonly<Static<typeof configSchema>>
export type Limits = ServerConfig['limits']
export type ContentPolicy = ServerConfig['content']

/** What `createApp` and `startServer` take: any part of the settings. */
export interface ServerSettings extends Partial<Omit<ServerConfig, 'limits' | 'retention' | 'forward'>> {
  readonly limits?: Partial<Limits>
  readonly retention?: Partial<ServerConfig['retention']>
  readonly forward?: ForwardSettings
}

const validator = Compile(configSchema)

/**
 * Completes the settings. Throws one `Cannot start: …` that names every wrong setting.
 * Undefined counts as not given.
 */
export function parseConfig(input: unknown): ServerConfig {
  const filled = fillDefaults(configSchema, input)
  const problems: Problem[] = listProblems(validator, filled)
  if (problems.length > 0 || !validator.Check(filled)) throw new Error(`Cannot start: ${describeProblems(problems)}`)
  if ((filled.tlsCert === undefined) !== (filled.tlsKey === undefined)) {
    const [given, missing] = filled.tlsCert === undefined ? ['tlsKey', 'tlsCert'] : ['tlsCert', 'tlsKey']
    throw new Error(`Cannot start: ${given} needs ${missing} beside it`)
  }
  const forwardProblems = listForwardProblems(filled.forward)
  if (forwardProblems.length > 0) throw new Error(`Cannot start: ${describeProblems(forwardProblems)}`)
  return filled
}

/** Throws `Cannot start: …` when other machines could come in without a key. */
export function checkReach(host: string, hasKeys: boolean): void {
  if (isLoopback(host) || hasKeys) return
  throw new Error(
    `Cannot start: host ${host} can be reached from other machines, so apiKeys must hold at least one key, or api_keys.yaml be there`,
  )
}

/** Anything that is no plain object is handed on as it is: the validator names it. */
function fillDefaults(schema: TSchema, input: unknown): unknown {
  if (!('properties' in schema)) return input === undefined && 'default' in schema ? schema.default : input
  if (input === undefined) return fillDefaults(schema, {})
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input
  const given = Object.entries(input).filter(([, value]) => value !== undefined)
  const properties = Object.entries(schema.properties as Record<string, TSchema>)
  const isNeeded = (name: string) => schemaNeeds(schema, name) || Reflect.get(input, name) !== undefined
  const completed = properties
    .filter(([name]) => isNeeded(name))
    .map(([name, property]) => [name, fillDefaults(property, Reflect.get(input, name))])
  return Object.fromEntries([...given, ...completed])
}

/** What is not needed stays away where it was not given, as a whole. */
function schemaNeeds(schema: TSchema, name: string): boolean {
  return 'required' in schema && Array.isArray(schema.required) && schema.required.includes(name)
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

export function isLoopback(host: string): boolean {
  const family = isIP(host)
  if (family === 0) return host.toLowerCase() === 'localhost'
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4')
}
