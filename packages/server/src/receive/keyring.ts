/** Who may come in, and what for. Keys are known by their digest alone. */
import { createHash } from 'node:crypto'
import { Refusal } from '../errors.ts'
import { createWrongKeys } from './wrong-keys.ts'

/** `write`: record calls. `read`: ask what was recorded. `admin`: change what the server does. `scrape`: /metrics alone, a part of `read`. */
export const rights = ['write', 'read', 'admin', 'scrape'] as const
export type Right = (typeof rights)[number]

export interface ApiKey {
  /** For people and logs; the key itself is nowhere. */
  readonly name: string
  /** SHA-256 in lower-case hex. Fast on purpose: keys are random and long, so there is nothing to guess. */
  readonly sha256: string
  readonly may: readonly Right[]
  /** Services whose calls it may record; null: any. */
  readonly services: readonly string[] | null
  readonly callsPerSecond: number | null
  /** Milliseconds since the Unix epoch from which on it opens nothing. */
  readonly expiresMs: number | null
}

export interface Caller {
  readonly name: string
  mayRecord(serviceName: string): boolean
  /** Counts the calls and answers null, or answers in how many seconds to come again. A batch is let in whole. */
  takeCalls(count: number): number | null
}

export type Entry = { readonly ok: true; readonly caller: Caller } | NoEntry

interface NoEntry {
  readonly ok: false
  readonly code: 'unauthorized' | 'forbidden' | 'cross_site' | 'too_many_wrong_keys'
  readonly retryAfterSeconds?: number
}

/** As node and gRPC give them: names in lower case. */
export type KeyHeaders = Readonly<Record<string, string | string[] | undefined>>

export interface Visitor {
  readonly headers: KeyHeaders
  /** Of the socket's other end. */
  readonly address: string
  /** Of HTTP. */
  readonly method: string
}

export interface Keyring {
  readonly asksForKey: boolean
  enter(visitor: Visitor, right: Right): Entry
  /** For who has shown the key before. */
  enterByDigest(sha256: string, right: Right): Entry
}

export function toRefusal({ code, retryAfterSeconds }: NoEntry): Refusal {
  return new Refusal(code, null, retryAfterSeconds === undefined ? {} : { retryAfterSeconds })
}

export interface KeyringOptions {
  /** Everybody may do everything: no key was ever given (the settings then allow loopback only). No key left is another matter. */
  readonly isOpen: boolean
  /** Asked anew for each request, so that a changed key file counts at once. */
  readonly keys: () => readonly ApiKey[]
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
}

/** Who comes in where no key is asked for. */
export const everybody: Caller = { name: 'everybody', mayRecord: () => true, takeCalls: () => null }
const msPerSecond = 1_000

export function createKeyring({ isOpen, keys, now }: KeyringOptions): Keyring {
  const allowances = new Map<string, Allowance>()
  const wrongKeys = createWrongKeys(now)
  let known: readonly ApiKey[] = []
  let byDigest = new Map<string, ApiKey>()
  const current = () => {
    const found = keys()
    if (found === known) return byDigest
    known = found
    byDigest = new Map(found.map((key) => [key.sha256, key]))
    return byDigest
  }
  const toCaller = ({ name, services, callsPerSecond }: ApiKey): Caller => ({
    name,
    mayRecord: (service) => services === null || services.includes(service),
    takeCalls(count) {
      if (callsPerSecond === null) return null
      const allowance = allowances.get(name) ?? { balance: callsPerSecond, atMs: now() }
      allowances.set(name, allowance)
      return draw(allowance, { count, perSecond: callsPerSecond, nowMs: now() })
    },
  })
  const enterByDigest = (sha256: string, right: Right): Entry => {
    if (isOpen) return { ok: true, caller: everybody }
    // Looked up by digest: how long that takes tells nothing of the key.
    const key = current().get(sha256)
    if (key === undefined || (key.expiresMs !== null && now() >= key.expiresMs))
      return { ok: false, code: 'unauthorized' }
    return opens(key, right) ? { ok: true, caller: toCaller(key) } : { ok: false, code: 'forbidden' }
  }
  return {
    asksForKey: !isOpen,
    enterByDigest,
    enter({ headers, address }, right) {
      if (isOpen) return { ok: true, caller: everybody }
      const given = readKey(headers)
      if (given === null) return { ok: false, code: 'unauthorized' }
      const digest = digestKey(given)
      const retryAfterSeconds = wrongKeys.waitSeconds(address, digest)
      if (retryAfterSeconds !== null) return { ok: false, code: 'too_many_wrong_keys', retryAfterSeconds }
      const entry = enterByDigest(digest, right)
      if (!entry.ok && entry.code === 'unauthorized') wrongKeys.wrong(address)
      else wrongKeys.right(address, digest)
      return entry
    },
  }
}

function opens({ may }: ApiKey, right: Right): boolean {
  return may.includes(right) || (right === 'scrape' && may.includes('read'))
}

export function digestKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/** Null: it shows none. */
export function readKey(headers: KeyHeaders): string | null {
  const apiKey = headers['x-api-key']
  if (typeof apiKey === 'string') return apiKey
  const [, scheme, given] = /^(Bearer|Basic) +(\S+) *$/i.exec(String(headers.authorization ?? '')) ?? []
  if (given === undefined) return null
  return scheme?.toLowerCase() === 'bearer' ? given : readPassword(given)
}

/** For scrapers and browsers that know basic authentication alone: any user, the key as the password. */
function readPassword(credentials: string): string | null {
  const text = Buffer.from(credentials, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon === -1 ? null : text.slice(colon + 1)
}

interface Allowance {
  balance: number
  atMs: number
}

/** What a large batch takes beyond the balance is paid back before the next one comes in. */
function draw(allowance: Allowance, asked: { count: number; perSecond: number; nowMs: number }): number | null {
  const { count, perSecond, nowMs } = asked
  const earned = (Math.max(0, nowMs - allowance.atMs) / msPerSecond) * perSecond
  allowance.balance = Math.min(perSecond, allowance.balance + earned)
  allowance.atMs = nowMs
  if (allowance.balance <= 0) return Math.max(1, Math.ceil((1 - allowance.balance) / perSecond))
  allowance.balance -= count
  return null
}
