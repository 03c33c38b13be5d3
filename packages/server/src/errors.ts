/**
 * Every error code the server answers with: its HTTP status and what it means. The same codes are the `reason`
 * label of rejected calls. docs/reference/errors.md lists this table.
 */
export const errorCatalogue = {
  invalid_json: { status: 400, text: 'The body is not valid JSON' },
  invalid_request: { status: 400, text: 'The request does not match the schema; every problem is named by its path' },
  invalid_protobuf: { status: 400, text: 'The body is not a valid OTLP protobuf message' },
  invalid_otlp_json: { status: 400, text: 'The body is not a valid OTLP JSON message' },
  invalid_gzip: { status: 400, text: 'The body is not valid gzip' },
  invalid_span: { status: 400, text: 'A span has no valid ids or times, or contradicts itself; the others are taken' },
  attribute_too_large: { status: 400, text: 'A value to be kept is larger than the limit; the other spans are taken' },
  unauthorized: { status: 401, text: 'An API key is needed: Authorization: Bearer <key>, or x-api-key: <key>' },
  forbidden: { status: 403, text: 'This API key may not do this' },
  cross_site: { status: 403, text: "A session is taken from the console's own pages only; programs send a key" },
  service_not_allowed: { status: 403, text: 'This API key may not record calls of this service; the others are taken' },
  not_found: { status: 404, text: 'There is nothing at this address' },
  method_not_allowed: { status: 405, text: 'This address does not take this method' },
  port_conflict: { status: 409, text: 'The metrics port is taken, or metrics are served at another port' },
  body_too_large: { status: 413, text: 'The body, decompressed, is larger than the limit' },
  too_many_spans: { status: 413, text: 'The request holds more spans than the limit' },
  unsupported_media_type: { status: 415, text: 'The content type is not one that this address reads' },
  unsupported_content_encoding: { status: 415, text: 'The content encoding is not one that the server reads' },
  prices_refused: { status: 422, text: 'The price file has errors; the table in force was kept' },
  too_many_rows: { status: 422, text: 'The answer would have more rows than the limit' },
  overloaded: { status: 429, text: 'More waits to be stored than the limits allow; send again later' },
  too_many_tails: {
    status: 429,
    text: 'As many live tails are open as the server serves; close one, or ask again later',
  },
  too_many_wrong_keys: { status: 429, text: 'Too many wrong API keys came from this address; try again later' },
  rate_limited: { status: 429, text: 'This API key sends more calls a second than it may; send again later' },
  internal: { status: 500, text: 'A defect of the server; its log has the details' },
  store_unavailable: { status: 503, text: 'The store cannot take calls now; nothing was recorded, send again later' },
  shutting_down: { status: 503, text: 'The server is stopping; nothing was recorded, send again later' },
} as const satisfies Record<string, { status: number; text: string }>

export type ErrorCode = keyof typeof errorCatalogue

/** One thing wrong with a request. `path` is written as the sender would: `spans[3].prompt_tokens`; empty for the whole body. */
export interface Problem {
  readonly path: string
  readonly message: string
}

interface RefusalOptions {
  readonly problems?: readonly Problem[]
  readonly retryAfterSeconds?: number
  readonly callCount?: number
}

/** A request that is answered with an error of the catalogue. Thrown towards the web framework's error handler only. */
export class Refusal extends Error {
  readonly code: ErrorCode
  /** Not a getter: the web framework assigns it. */
  readonly statusCode: number
  readonly problems: readonly Problem[]
  readonly retryAfterSeconds: number | null
  /** How many calls are refused with it and not counted yet. A request that nobody could read counts as one. */
  readonly callCount: number

  constructor(code: ErrorCode, detail: string | null = null, options: RefusalOptions = {}) {
    super(detail === null ? errorCatalogue[code].text : `${errorCatalogue[code].text}: ${detail}`)
    this.name = 'Refusal'
    this.code = code
    this.statusCode = errorCatalogue[code].status
    this.problems = options.problems ?? []
    this.retryAfterSeconds = options.retryAfterSeconds ?? null
    this.callCount = options.callCount ?? 1
  }
}

export function describeProblems(problems: readonly Problem[]): string {
  return problems.map(({ path, message }) => (path === '' ? message : `${path} ${message}`)).join('; ')
}
