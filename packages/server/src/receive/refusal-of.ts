import { type ErrorCode, Refusal } from '../errors.ts'

const codesOfFramework: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  FST_ERR_BAD_URL: 'not_found',
  Z_DATA_ERROR: 'invalid_gzip',
  Z_BUF_ERROR: 'invalid_gzip',
}

/** What went wrong while a request was read or handled, as an error of the catalogue. Anything unforeseen is `internal`. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (!(error instanceof Error)) return new Refusal('internal')
  const known = 'code' in error && typeof error.code === 'string' ? codesOfFramework[error.code] : undefined
  if (known) return new Refusal(known, known === 'invalid_gzip' ? error.message : null)
  const status = 'statusCode' in error ? error.statusCode : undefined
  if (typeof status === 'number' && status >= 400 && status < 500) return new Refusal('invalid_request', error.message)
  return new Refusal('internal')
}
