/** Bytes or text that are not the message they claim to be. The only error that the decoders of this folder throw. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  /** Where in the message, e.g. `resourceSpans[0].scopeSpans[0].spans[3].traceId`. Empty: the message itself. */
  readonly path: string
  readonly reason: string
  /** Byte offset in a protobuf message, character offset in JSON text where the parser tells it; else null. */
  readonly offset: number | null

  constructor(path: string, reason: string, offset: number | null) {
    super(`${path === '' ? 'message' : path}: ${reason}${offset === null ? '' : ` (at ${offset})`}`)
    this.path = path
    this.reason = reason
    this.offset = offset
  }
}
