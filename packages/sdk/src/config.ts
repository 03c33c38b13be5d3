import { isSafety, type Safety } from './safety-policy.ts'

/** The only place that reads the environment: unknown in, complete typed config out. */

/** What happens to prompts, answers, tool arguments and error messages. */
export type ContentPolicy = 'off' | 'redacted' | 'full'

export interface StartOptions {
  /** Where calls are sent: an OTLP/HTTP address; without a path, `/v1/traces` is added. Default http://127.0.0.1:4318. */
  endpoint?: string
  /** Default: OTEL_SERVICE_NAME, else the name in the nearest package.json. */
  serviceName?: string
  /** Sent as `Authorization: Bearer …`. */
  apiKey?: string
  /** Sent with every export. */
  headers?: Readonly<Record<string, string>>
  /** Default `off`. `redacted` masks with `safety`, else `redact`, else on Node what `createSafety()` gives; elsewhere nothing is kept then. */
  content?: ContentPolicy
  /** Applied to every kept text when `content` is `redacted`. A text on which it throws is dropped. */
  redact?: (text: string) => string
  /**
   * What is looked for in prompts and answers, and what is done about it: what `createSafety` of `@inferometer/sdk/safety` gives. Default: on Node
   * prompts are looked through in a thread beside, and what is found is counted. `false`: nothing is looked for. Elsewhere that is the default.
   */
  safety?: Safety | false
  /**
   * Asks for token usage in streams whose caller did not. The application then sees one more chunk, with usage and
   * without choices, before the end of such a stream. Default false: tokens are then counted locally.
   */
  includeStreamUsage?: boolean
  /** Default: true, but not to this machine. */
  gzip?: boolean
  /** Node only: where calls wait while the server is away. `false`: memory only. Default: a folder per service in the temporary directory. */
  spoolDir?: string | false
  /** Default 64 MiB. */
  spoolBytes?: number
  /** Calls waiting in memory at most. Default 20,000. */
  queueCalls?: number
  /** Bytes of their content at most. Default 32 MiB. */
  queueBytes?: number
  /** Time from a call's end to its export. Default 1,000. */
  flushIntervalMs?: number
  /** A longer gap between content chunks of a stream is a stall. Default 1,000. */
  stallThresholdMs?: number
  /** How long a failed attempt waits for its first retry; doubles with each attempt. Default 5,000. */
  retryWindowMs?: number
  /** Does nothing at all. */
  disabled?: boolean
}

export interface Config {
  readonly endpoint: string
  readonly serviceName: string
  readonly headers: Readonly<Record<string, string>>
  readonly content: ContentPolicy
  readonly redact: ((text: string) => string) | null
  readonly safety: Safety | null
  /** Where there is no `safety`, prompts are looked through beside the application if that can be done. */
  readonly scanBeside: boolean
  readonly includeStreamUsage: boolean
  readonly gzip: boolean
  /** Null: the default folder. */
  readonly spoolDir: string | false | null
  readonly spoolBytes: number
  readonly queueCalls: number
  readonly queueBytes: number
  readonly flushIntervalMs: number
  readonly stallThresholdMs: number
  readonly retryWindowMs: number
  readonly disabled: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

export function readEnvironment(): Environment {
  return typeof process === 'object' && process !== null && typeof process.env === 'object' ? process.env : {}
}

/** Read where an option of createSafety is not given; and any of them makes Node load it. */
export const safetyVariables = {
  pii: 'INFEROMETER_SAFETY_PII',
  injection: 'INFEROMETER_SAFETY_INJECTION',
  scan: 'INFEROMETER_SAFETY_SCAN',
  patterns: 'INFEROMETER_SAFETY_PATTERNS',
} as const

const fail = (why: string): never => {
  throw new Error(`Cannot start Inferometer: ${why}`)
}

/** Options win over the environment. Throws `Cannot start Inferometer: …` on a value that makes no sense. */
export function resolveConfig(options: StartOptions, env: Environment, defaultServiceName: string): Config {
  checkNames(options)
  const destination = readDestination(options, env)
  return {
    ...destination,
    serviceName:
      readText(options.serviceName, 'serviceName') ??
      (env.INFEROMETER_SERVICE_NAME || env.OTEL_SERVICE_NAME || defaultServiceName),
    content: readContent(options.content ?? env.INFEROMETER_CONTENT),
    redact: readRedact(options.redact),
    ...readSafety(options.safety, env.INFEROMETER_SAFETY),
    includeStreamUsage: readFlag(
      options.includeStreamUsage ?? env.INFEROMETER_INCLUDE_STREAM_USAGE,
      'INFEROMETER_INCLUDE_STREAM_USAGE (includeStreamUsage)',
      false,
    ),
    gzip: readFlag(options.gzip, 'gzip', !isLoopback(destination.endpoint)),
    spoolDir: readSpoolDir(options.spoolDir ?? env.INFEROMETER_SPOOL_DIR),
    spoolBytes: readCount(options.spoolBytes, 'spoolBytes', 64 * 1024 * 1024),
    queueCalls: readCount(options.queueCalls, 'queueCalls', 20_000),
    queueBytes: readCount(options.queueBytes, 'queueBytes', 32 * 1024 * 1024),
    flushIntervalMs: readCount(options.flushIntervalMs, 'flushIntervalMs', 1000),
    stallThresholdMs: readCount(options.stallThresholdMs, 'stallThresholdMs', 1000),
    retryWindowMs: readCount(options.retryWindowMs, 'retryWindowMs', 5000),
    disabled: readFlag(options.disabled ?? env.INFEROMETER_DISABLED, 'INFEROMETER_DISABLED (disabled)', false),
  }
}

const optionNames = new Set(
  Object.keys({
    endpoint: true,
    serviceName: true,
    apiKey: true,
    headers: true,
    content: true,
    redact: true,
    safety: true,
    includeStreamUsage: true,
    gzip: true,
    spoolDir: true,
    spoolBytes: true,
    queueCalls: true,
    queueBytes: true,
    flushIntervalMs: true,
    stallThresholdMs: true,
    retryWindowMs: true,
    disabled: true,
  } satisfies Record<keyof StartOptions, true>),
)

function checkNames(options: StartOptions): void {
  if (typeof options !== 'object' || options === null) fail(`options must be an object, not ${typeof options}`)
  for (const name of Object.keys(options)) {
    if (!optionNames.has(name)) fail(`there is no option '${name}'; options are ${[...optionNames].join(', ')}`)
  }
}

const tracesPath = '/v1/traces'

function readDestination(options: StartOptions, env: Environment): Pick<Config, 'endpoint' | 'headers'> {
  const own = readText(options.endpoint, 'endpoint') ?? env.INFEROMETER_ENDPOINT
  const tracesAddress = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT
  const fromOtel = !own && Boolean(tracesAddress || base)
  const endpoint = own
    ? toAddress(own, 'endpoint', 'if-bare')
    : tracesAddress
      ? toAddress(tracesAddress, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'never')
      : base
        ? toAddress(base, 'OTEL_EXPORTER_OTLP_ENDPOINT', 'always')
        : `http://127.0.0.1:4318${tracesPath}`
  const apiKey = readText(options.apiKey, 'apiKey') ?? env.INFEROMETER_API_KEY
  const headers = {
    // Another system's credentials go only to that system.
    ...(fromOtel ? readHeaderList(env.OTEL_EXPORTER_OTLP_HEADERS) : {}),
    ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
    ...readHeaders(options.headers),
  }
  return { endpoint, headers }
}

function toAddress(text: string, name: string, addPath: 'if-bare' | 'always' | 'never'): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return fail(`${name} is '${text}', which is no http or https address`)
  const bare = url.pathname === '/' || url.pathname === ''
  if (addPath === 'always' || (addPath === 'if-bare' && bare))
    url.pathname = url.pathname.replace(/\/+$/, '') + tracesPath
  return url.href
}

function isLoopback(endpoint: string): boolean {
  return /^(127\..*|localhost|\[::1\])$/.test(new URL(endpoint).hostname)
}

function readHeaders(headers: unknown): Record<string, string> {
  if (headers === undefined) return {}
  if (typeof headers !== 'object' || headers === null) return fail('headers must be an object of names and values')
  const read: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string' || /[\r\n]/.test(value)) return fail(`header '${name}' must be one line of text`)
    read[name.toLowerCase()] = value
  }
  return read
}

/** `name=value,name=value`, values percent-encoded. Source: OpenTelemetry OTLP exporter specification. */
function readHeaderList(text: string | undefined): Record<string, string> {
  const pairs = (text ?? '').split(',').filter((pair) => pair.includes('='))
  return readHeaders(
    Object.fromEntries(
      pairs.map((pair) => {
        const at = pair.indexOf('=')
        return [pair.slice(0, at).trim(), decodePercent(pair.slice(at + 1).trim())]
      }),
    ),
  )
}

function decodePercent(text: string): string {
  return /%(?![0-9a-f]{2})/i.test(text) ? text : decodeURIComponent(text)
}

function readContent(value: unknown): ContentPolicy {
  if (value === undefined || value === '') return 'off'
  if (value === 'off' || value === 'redacted' || value === 'full') return value
  return fail(`INFEROMETER_CONTENT (content) is '${String(value)}', not off, redacted or full`)
}

function readRedact(value: unknown): Config['redact'] {
  if (value === undefined) return null
  if (typeof value !== 'function') return fail('redact must be a function from text to text')
  return value as (text: string) => string // what it gives is checked where it is used
}

function readSafety(value: unknown, variable: string | undefined): Pick<Config, 'safety' | 'scanBeside'> {
  const wanted = readFlag(variable, 'INFEROMETER_SAFETY', true)
  if (value === undefined || value === false) return { safety: null, scanBeside: wanted && value !== false }
  if (!isSafety(value)) return fail('safety must be what createSafety() of @inferometer/sdk/safety gives, or false')
  return { safety: wanted ? value : null, scanBeside: false }
}

function readFlag(value: unknown, name: string, byDefault: boolean): boolean {
  if (value === undefined || value === '') return byDefault
  if (typeof value === 'boolean') return value
  const text = String(value).toLowerCase()
  if (['1', 'true', 'yes', 'on'].includes(text)) return true
  if (['0', 'false', 'no', 'off'].includes(text)) return false
  return fail(`${name} is '${String(value)}', not true or false`)
}

function readSpoolDir(value: unknown): Config['spoolDir'] {
  if (value === undefined || value === '') return null
  if (value === false || value === 'off' || value === 'false') return false
  return typeof value === 'string' ? value : fail('INFEROMETER_SPOOL_DIR (spoolDir) must be a path, or false')
}

function readText(value: unknown, name: string): string | null {
  if (value === undefined) return null
  return typeof value === 'string' && value !== '' ? value : fail(`${name} must be a text that is not empty`)
}

function readCount(value: unknown, name: string, byDefault: number): number {
  if (value === undefined) return byDefault
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value
  return fail(`${name} must be a number above 0`)
}
