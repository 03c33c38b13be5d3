/** Settings of where calls and metrics are forwarded to. */
import { validateHeaderName, validateHeaderValue } from 'node:http'
import Type, { type Static } from 'typebox'
import type { Problem } from './errors.ts'

const endpoint = (what: string) =>
  Type.String({ minLength: 1, maxLength: 2_048, pattern: '^https?://', description: what, writeOnly: true })
const headers = Type.Record(Type.String(), Type.String({ maxLength: 8_192, writeOnly: true }), {
  default: {},
  description: 'Headers of every request, such as credentials or a tenant',
  writeOnly: true,
})

export const forwardSchema = Type.Object(
  {
    traces: Type.Optional(
      Type.Object(
        { endpoint: endpoint('OTLP/HTTP address for traces; /v1/traces is added where it has no path'), headers },
        { additionalProperties: false },
      ),
    ),
    logs: Type.Optional(
      Type.Object(
        { endpoint: endpoint('OTLP/HTTP address for logs; /v1/logs is added where it has no path'), headers },
        { additionalProperties: false },
      ),
    ),
    remoteWrite: Type.Optional(
      Type.Object(
        {
          endpoint: endpoint('Address that takes Prometheus remote write 1.0'),
          headers,
          intervalMs: Type.Integer({
            minimum: 100,
            maximum: 3_600_000,
            default: 15_000,
            description: 'How often metrics are written, in milliseconds',
          }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)

export type ForwardConfig = Static<typeof forwardSchema>

type Given<T extends { headers: unknown }> = Omit<Partial<T>, 'endpoint'> & { readonly endpoint: string }

/** Headers and the interval have defaults. */
export interface ForwardSettings {
  readonly traces?: Given<NonNullable<ForwardConfig['traces']>>
  readonly logs?: Given<NonNullable<ForwardConfig['logs']>>
  readonly remoteWrite?: Given<NonNullable<ForwardConfig['remoteWrite']>>
}

/** What the schema cannot say: that addresses are addresses, and headers can be sent. */
export function listForwardProblems(forward: ForwardConfig): Problem[] {
  return Object.entries(forward).flatMap(([name, destination]) => {
    if (destination === undefined) return []
    const path = `forward.${name}`
    const headerProblems = Object.entries(destination.headers).flatMap(([header, value]) =>
      canBeSent(header, value) ? [] : [{ path: `${path}.headers.${header}`, message: 'is no valid HTTP header' }],
    )
    if (URL.canParse(destination.endpoint)) return headerProblems
    // Addresses may hold a password: they are never quoted.
    return [{ path: `${path}.endpoint`, message: 'must be an http:// or https:// address' }, ...headerProblems]
  })
}

function canBeSent(header: string, value: string): boolean {
  try {
    validateHeaderName(header)
    validateHeaderValue(header, value)
    return true
  } catch {
    // Both throw when the header is wrong and answer nothing when it is right.
    return false
  }
}

/** The address with the signal's path where it has none. */
export function completeEndpoint(address: string, path: string): string {
  const url = new URL(address)
  if (url.pathname === '/') url.pathname = path
  return url.href
}
