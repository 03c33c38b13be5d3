import type { HeaderReader } from './header-reader.ts'

/** Paths of the API that sends usage in a stream only when asked. */
const paths = /\/(chat\/)?completions$/

/**
 * The same request with `stream_options.include_usage`, for a stream whose caller left the option open. Null: to be sent
 * as it is. Only text bodies are changed, and only by one member before the closing brace.
 */
export function addStreamUsage(url: URL, init: RequestInit | undefined, headers: HeaderReader): RequestInit | null {
  if (init === undefined || typeof init.body !== 'string' || !paths.test(url.pathname)) return null
  if (!init.body.includes('"stream"') || headers.get('content-length') !== null) return null
  const request = parseObject(init.body)
  if (request === null || request.stream !== true || request.stream_options !== undefined) return null
  const end = init.body.lastIndexOf('}')
  return { ...init, body: `${init.body.slice(0, end)},"stream_options":{"include_usage":true}}` }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    // Not ours to judge: the provider will say what is wrong with it.
    return null
  }
}
