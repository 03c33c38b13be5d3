/**
 * Sessions of the console: a key is shown once, and a cookie that no script can read stands for it. They are in memory, so a
 * restart ends them, and each ends with its key.
 */
import { randomBytes } from 'node:crypto'
import { digestKey, type KeyHeaders, type Keyring, readKey } from './keyring.ts'

const lifetimeMs = 12 * 3_600_000
/** Beyond it the oldest ends. */
const sessionsAtMost = 1_000
const tokenBytes = 32

/** The prefix has the browser hold the cookie to this host and to TLS. It is refused without TLS, so there are two names. */
const names = { tls: '__Host-inferometer', plain: 'inferometer-session' } as const

export interface Session {
  /** Digest of its key. */
  readonly sha256: string
  readonly expiresMs: number
}

export interface Sessions {
  /** Gives the token. */
  open(sha256: string): { readonly token: string; readonly session: Session }
  find(headers: KeyHeaders): Session | null
  close(headers: KeyHeaders): void
}

/** `now`: milliseconds since the Unix epoch. */
export function createSessions(now: () => number): Sessions {
  // By the digest of the token: what is in memory opens nothing.
  const byDigest = new Map<string, Session>()
  return {
    open(sha256) {
      const token = randomBytes(tokenBytes).toString('base64url')
      const session = { sha256, expiresMs: now() + lifetimeMs }
      byDigest.set(digestKey(token), session)
      for (const [digest, { expiresMs }] of byDigest)
        if (expiresMs <= now() || byDigest.size > sessionsAtMost) byDigest.delete(digest)
        else break
      return { token, session }
    },
    find(headers) {
      const tokens = readTokens(headers)
      for (const token of tokens) {
        const session = byDigest.get(digestKey(token))
        if (session !== undefined && session.expiresMs > now()) return session
      }
      return null
    },
    close(headers) {
      for (const token of readTokens(headers)) byDigest.delete(digestKey(token))
    },
  }
}

/** A keyring that takes sessions beside keys. Who shows a key is taken by it alone. */
export function takeSessions(keyring: Keyring, sessions: Sessions): Keyring {
  return {
    ...keyring,
    enter(visitor, right) {
      const { headers, method } = visitor
      const session = keyring.asksForKey && readKey(headers) === null ? sessions.find(headers) : null
      if (session === null) return keyring.enter(visitor, right)
      if (!isSafe(method) && !isOwnPage(headers)) return { ok: false, code: 'cross_site' }
      return keyring.enterByDigest(session.sha256, right)
    },
  }
}

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD'

/**
 * A browser sends the header to other origins only after asking whether it may, which nobody here ever grants. SameSite alone
 * would let in pages of other ports of this host, which are the same site.
 */
export function isOwnPage(headers: KeyHeaders): boolean {
  const site = headers['sec-fetch-site']
  return headers['x-inferometer-console'] !== undefined && (site === undefined || site === 'same-origin')
}

/** What `Set-Cookie` says. An empty token takes the cookie away. */
export function writeCookie(token: string, headers: KeyHeaders, isTls: boolean): string {
  const isSecure = isTls || headers['x-forwarded-proto'] === 'https'
  const seconds = token === '' ? 0 : lifetimeMs / 1_000
  const rest = `Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`
  return isSecure ? `${names.tls}=${token}; ${rest}; Secure` : `${names.plain}=${token}; ${rest}`
}

function readTokens({ cookie }: KeyHeaders): string[] {
  const pairs = String(cookie ?? '').split(';')
  return pairs.flatMap((pair) => {
    const [name, token] = pair.trim().split('=')
    return token && (name === names.tls || name === names.plain) ? [token] : []
  })
}
