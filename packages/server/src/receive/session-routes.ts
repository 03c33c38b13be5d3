import Type from 'typebox'
import { ErrorAnswer, type RestApp } from '../api.ts'
import { Refusal } from '../errors.ts'
import { digestKey, type Keyring, toRefusal } from './keyring.ts'
import { isOwnPage, type Session, type Sessions, writeCookie } from './sessions.ts'

const SessionAnswer = Type.Object({
  asks_for_key: Type.Boolean({ description: 'False: everybody may do everything' }),
  name: Type.Union([Type.String(), Type.Null()], { description: 'Name of the key; null: nobody is signed in' }),
  expires_at: Type.Union([Type.String(), Type.Null()], { description: 'ISO 8601, UTC' }),
})
const SignInBody = Type.Object({ key: Type.String({ minLength: 1, maxLength: 512 }) }, { additionalProperties: false })

export interface SessionSource {
  readonly keyring: Keyring
  readonly sessions: Sessions
  readonly isTls: boolean
}

export const sessionRoute = '/v1/session'
const tags = ['console']

/** /v1/session: who is signed in (GET), sign in by a key (POST), sign out (DELETE). */
export function addSessionRoutes(app: RestApp, { keyring, sessions, isTls }: SessionSource): void {
  const describe = (session: Session | null) => {
    const entry = session === null ? null : keyring.enterByDigest(session.sha256, 'read')
    if (session === null || !entry?.ok) return { asks_for_key: keyring.asksForKey, name: null, expires_at: null }
    const expires_at = new Date(session.expiresMs).toISOString()
    return { asks_for_key: keyring.asksForKey, name: entry.caller.name, expires_at }
  }
  const answers = { 200: SessionAnswer, 401: ErrorAnswer, 403: ErrorAnswer, 429: ErrorAnswer }
  app.get(
    sessionRoute,
    { schema: { tags, summary: 'Who is signed in; needs no API key', security: [], response: { 200: SessionAnswer } } },
    async ({ headers }) => describe(keyring.asksForKey ? sessions.find(headers) : null),
  )
  app.post(
    sessionRoute,
    {
      schema: {
        tags,
        summary: 'Sign in by an API key that may read: sets a cookie that stands for it',
        security: [],
        body: SignInBody,
        response: { ...answers, 400: ErrorAnswer },
      },
    },
    async ({ body, headers, ip, method }, reply) => {
      if (!isOwnPage(headers)) throw new Refusal('cross_site')
      const entry = keyring.enter({ headers: { 'x-api-key': body.key }, address: ip, method }, 'read')
      if (!entry.ok) throw toRefusal(entry)
      if (!keyring.asksForKey) return describe(null)
      sessions.close(headers)
      const { token, session } = sessions.open(digestKey(body.key))
      reply.header('set-cookie', writeCookie(token, headers, isTls))
      return describe(session)
    },
  )
  app.delete(
    sessionRoute,
    { schema: { tags, summary: 'Sign out', security: [], response: { 200: SessionAnswer, 403: ErrorAnswer } } },
    async ({ headers }, reply) => {
      if (!isOwnPage(headers)) throw new Refusal('cross_site')
      sessions.close(headers)
      reply.header('set-cookie', writeCookie('', headers, isTls))
      return describe(null)
    },
  )
}
