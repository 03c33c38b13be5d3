import { describe, expect, it } from 'vitest'
import { classifyError } from './error-type.ts'

describe('classifyError()', () => {
  it.each([
    [429, 'tokens', 'rate_limit_exceeded', 'rate_limit'],
    [429, 'insufficient_quota', 'insufficient_quota', 'rate_limit'],
    [401, 'invalid_request_error', 'invalid_api_key', 'auth'],
    [403, 'UnrecognizedClientException', null, 'auth'],
    [400, 'UnrecognizedClientException', null, 'auth'],
    [402, 'billing_error', null, 'auth'],
    [404, 'not_found_error', null, 'invalid_request'],
    [413, 'request_too_large', null, 'invalid_request'],
    [400, 'invalid_request_error', 'context_length_exceeded', 'invalid_request'],
    [400, null, 'content_filter', 'content_filter'],
    [200, 'content_filter', 'content_filter', 'content_filter'],
    [400, 'ThrottlingException', null, 'rate_limit'],
    [408, null, null, 'timeout'],
    [504, null, null, 'timeout'],
    [529, 'overloaded_error', null, 'overloaded'],
    [503, 'UNAVAILABLE', '503', 'overloaded'],
    [500, 'server_error', null, 'server'],
    [502, null, null, 'server'],
    [499, null, null, 'cancelled'],
    [200, 'overloaded_error', null, 'overloaded'],
    [200, 'serviceUnavailableException', null, 'overloaded'],
    [200, 'modelStreamErrorException', null, 'server'],
    [200, 'internalServerException', null, 'server'],
    [200, 'validationException', null, 'invalid_request'],
    [200, null, '429', 'rate_limit'],
    [200, null, '502', 'server'],
    [200, null, null, 'other'],
  ] as const)('%s with type %s and code %s is %s', (status, type, code, expected) => {
    expect(classifyError(status, { type, code, message: null })).toBe(expected)
  })
})
