import type { HeaderReader } from './header-reader.ts'

/** What a request's headers say about its call. Read when the request goes out: the application may use the same object for the next. */
export interface RequestMarks {
  /** The client's own count of its attempts, 0 for the first. Null: it does not count. */
  readonly retryHeader: number | null
  /** Whole seconds, rounded down, that the client waits for an answer. Null: it does not say. */
  readonly timeoutSeconds: number | null
  /** An id that the client gives to all attempts of one call. */
  readonly identity: string | null
  readonly userId: string | null
  readonly sessionId: string | null
  readonly tags: readonly string[]
}

/**
 * Counts and timeouts: openai, @anthropic-ai/sdk and other clients made by Stainless. Ids: the AWS SDK. Helicone's names are read
 * too, so that its users need not change their code.
 */
export function readMarks(headers: HeaderReader): RequestMarks {
  const retryCount = headers.get('x-stainless-retry-count')
  const userId = headers.get('helicone-user-id')
  const sessionId = headers.get('helicone-session-id')
  // To list all names costs more than everything else here, so only where something of Helicone's is known to be.
  const listed = userId !== null || sessionId !== null || headers.get('helicone-auth') !== null
  return {
    retryHeader: retryCount !== null && /^\d{1,3}$/.test(retryCount) ? Number(retryCount) : null,
    timeoutSeconds: retryCount === null ? null : readSeconds(headers.get('x-stainless-timeout')),
    identity: headers.get('amz-sdk-invocation-id') ?? headers.get('idempotency-key'),
    userId,
    sessionId,
    tags: listed ? readProperties(headers) : noTags,
  }
}

function readSeconds(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null
}

const noTags: readonly string[] = []
const propertyPrefix = 'helicone-property-'

function readProperties(headers: HeaderReader): string[] {
  const names = headers.names().filter((name) => name.startsWith(propertyPrefix))
  return names.map((name) => `${name.slice(propertyPrefix.length)}:${headers.get(name) ?? ''}`)
}
