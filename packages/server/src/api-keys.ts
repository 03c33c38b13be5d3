/**
 * The keys in force: those of the settings, which may do everything, and those of api_keys.yaml, which is reloaded when it
 * changes, so that a key is given or taken away without a restart.
 */
import type { ConfigProblem } from '@inferometer/core/config-problem'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { checkReach } from './config.ts'
import { openLiveFile, type Parsed, type ReloadResult } from './enrich/live-file.ts'
import { readYaml } from './enrich/yaml-file.ts'
import { listProblems } from './problems.ts'
import { type ApiKey, createKeyring, digestKey, type Keyring, type Right, rights } from './receive/keyring.ts'

const keySchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    may: Type.Optional(Type.Array(Type.Enum([...rights]), { minItems: 1 })),
    services: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 1_024 }), { minItems: 1 })),
    calls_per_second: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10_000_000 })),
    expires: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' })),
  },
  { additionalProperties: false },
)
const fileSchema = Type.Object({ keys: Type.Array(keySchema, { maxItems: 10_000 }) }, { additionalProperties: false })
const validator = Compile(fileSchema)

const defaultRights: readonly Right[] = ['write', 'read']

export interface ApiKeysOptions {
  /** Null: there is no such file. */
  readonly file: string | null
  readonly watch: boolean
  readonly onReload: (result: ReloadResult) => void
  /** Keys of the settings, as they are. */
  readonly given: readonly string[]
  readonly scrapeKey?: string | undefined
}

export interface ApiKeys {
  /** The same array until the file has changed. */
  current(): readonly ApiKey[]
  close(): void
}

export interface OpenKeyring {
  readonly keyring: Keyring
  /** Of /metrics. */
  readonly scrapeKeyring: Keyring
  close(): void
}

interface Door {
  readonly host: string
  readonly apiKeys: readonly string[]
  readonly scrapeKey?: string
  readonly now: () => number
}

/** Throws before a port could be opened to other machines that would ask for no key. */
export async function openKeyring(
  found: Omit<ApiKeysOptions, 'given' | 'scrapeKey'>,
  door: Door,
): Promise<OpenKeyring> {
  const { host, apiKeys: given, scrapeKey, now } = door
  const isOpen = given.length === 0 && found.file === null
  checkReach(host, !isOpen)
  const { current: keys, close } = await openApiKeys({ ...found, given, scrapeKey })
  const keyring = createKeyring({ isOpen, keys, now })
  const scrapeKeyring = createKeyring({ isOpen: isOpen && scrapeKey === undefined, keys, now })
  return { keyring, scrapeKeyring, close }
}

/** Throws `Cannot load API keys …` with every problem and its line when the file is bad. */
export async function openApiKeys({ file, watch, onReload, given, scrapeKey }: ApiKeysOptions): Promise<ApiKeys> {
  const fixed = given.map((key, index) => toFixedKey(`apiKeys[${index}]`, key, rights))
  if (scrapeKey !== undefined) fixed.push(toFixedKey('scrapeKey', scrapeKey, ['scrape']))
  const live = await openLiveFile<readonly ApiKey[]>({
    what: 'API keys',
    file,
    watch,
    onReload,
    parse: (text) => joinKeys(fixed, parseApiKeys(text)),
    versionOf: (keys) => `${keys.length} keys`,
  })
  return { current: live.current, close: live.close }
}

function toFixedKey(name: string, key: string, may: readonly Right[]): ApiKey {
  return { name, sha256: digestKey(key), may, services: null, callsPerSecond: null, expiresMs: null }
}

function joinKeys(fixed: readonly ApiKey[], parsed: Parsed<readonly ApiKey[]>): Parsed<readonly ApiKey[]> {
  return parsed.ok ? { ok: true, value: [...fixed, ...parsed.value] } : parsed
}

/** An empty text holds no keys. */
export function parseApiKeys(text: string): Parsed<readonly ApiKey[]> {
  const yaml = readYaml(text)
  if (!yaml.ok) return yaml
  const { value } = yaml
  if (isEmpty(value)) return { ok: true, value: [] }
  if (!validator.Check(value)) {
    const problems = listProblems(validator, value).map(({ path, message }) => ({ path: toSteps(path), message }))
    return { ok: false, problems: yaml.locate(problems) }
  }
  const doubles = findDoubles(value)
  if (doubles.length > 0) return { ok: false, problems: yaml.locate(doubles) }
  return { ok: true, value: value.keys.map(toApiKey) }
}

/** Nothing, or `keys:` with nothing below it yet. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true
  const entries = typeof value === 'object' ? Object.entries(value) : []
  return entries.length === 1 && entries.every(([name, keys]) => name === 'keys' && keys === null)
}

/** `keys[3].may[0]` as steps. */
function toSteps(path: string): ConfigProblem['path'] {
  return [...path.matchAll(/[^.[\]]+/g)].map(([step]) => (/^\d+$/.test(step) ? Number(step) : step))
}

function findDoubles({ keys }: Static<typeof fileSchema>): ConfigProblem[] {
  return (['name', 'sha256'] as const).flatMap((field) => {
    const seen = new Map<string, number>()
    return keys.flatMap((key, index) => {
      const first = seen.get(key[field])
      seen.set(key[field], first ?? index)
      return first === undefined ? [] : [{ path: ['keys', index, field], message: `is that of keys[${first}] as well` }]
    })
  })
}

function toApiKey(key: Static<typeof keySchema>): ApiKey {
  return {
    name: key.name,
    sha256: key.sha256,
    may: key.may ?? defaultRights,
    services: key.services ?? null,
    callsPerSecond: key.calls_per_second ?? null,
    expiresMs: key.expires === undefined ? null : Date.parse(key.expires),
  }
}
