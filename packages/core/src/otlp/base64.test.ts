import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeBase64, encodeBase64 } from './base64.ts'

it('encodeBase64() writes what Node reads, and decodeBase64() reads it back, when the bytes are arbitrary', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
      expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes)
      expect(decodeBase64(Buffer.from(bytes).toString('base64url'))).toEqual(bytes)
    }),
  )
  const large = new Uint8Array(100_000).map((_, i) => i)
  expect(decodeBase64(encodeBase64(large))).toEqual(large)
})

it.each(['a', 'a===', 'ab c', 'é', '=', 'ab=c', 'abcde'])('decodeBase64() gives null when the text is %j', (text) => {
  expect(decodeBase64(text)).toBeNull()
})
