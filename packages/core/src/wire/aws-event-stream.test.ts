import { describe, expect, it } from 'vitest'
import { AwsEventStreamReader, crc32 } from './aws-event-stream.ts'
import { decodeBase64 } from './base64.ts'
import { decodeUtf8 } from './json.ts'
import { toAwsMessage, toAwsStream, toBytes } from './read-answer.cases.ts'

function readAll(bytes: Uint8Array, size: number): string[] {
  const events: string[] = []
  const reader = new AwsEventStreamReader(({ name, exception, payload }) => {
    events.push(`${exception ? '!' : ''}${name} ${decodeUtf8(payload)}`)
  })
  for (let at = 0; at < bytes.byteLength; at += size) reader.push(bytes.subarray(at, at + size))
  reader.end()
  return events
}

describe('AwsEventStreamReader', () => {
  it('reads messages in pieces of any size', () => {
    const bytes = toAwsStream([
      ['messageStart', { role: 'assistant' }],
      ['contentBlockDelta', { text: 'é' }],
      ['throttlingException', { message: 'slow' }],
    ])
    for (const size of [1, 5, 100, 10_000]) {
      expect(readAll(bytes, size)).toEqual([
        'messageStart {"role":"assistant"}',
        'contentBlockDelta {"text":"é"}',
        '!throttlingException {"message":"slow"}',
      ])
    }
  })

  it('reads past headers of every type', () => {
    const plain = toAwsMessage({ ':event-type': 'x' }, toBytes('{}'))
    const name = [1, 0x61]
    const headers = [
      ...name,
      0,
      ...name,
      1,
      ...name,
      2,
      9,
      ...name,
      3,
      0,
      9,
      ...name,
      4,
      0,
      0,
      0,
      9,
      ...name,
      5,
      ...Array(8).fill(9),
      ...name,
      6,
      0,
      2,
      9,
      9,
      ...name,
      8,
      ...Array(8).fill(9),
      ...name,
      9,
      ...Array(16).fill(9),
    ]
    const bytes = new Uint8Array(plain.byteLength + headers.length)
    const headerBytes = plain.byteLength - 12 - 2 - 4
    bytes.set(headers, 12)
    bytes.set(plain.subarray(12, plain.byteLength - 4), 12 + headers.length)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, bytes.byteLength)
    view.setUint32(4, headers.length + headerBytes)
    view.setUint32(8, crc32(bytes.subarray(0, 8)))
    view.setUint32(bytes.byteLength - 4, crc32(bytes.subarray(0, bytes.byteLength - 4)))
    expect(readAll(bytes, 7)).toEqual(['x {}'])
  })

  it('crc32() is the one of zlib', () => {
    expect(crc32(toBytes('123456789'))).toBe(0xcbf43926)
  })
})

describe('decodeBase64()', () => {
  it('decodes with padding and without', () => {
    for (const text of ['', 'a', 'ab', 'abc', 'abcd', '{"é":"🦄"}']) {
      const encoded = btoa(String.fromCharCode(...toBytes(text)))
      expect(decodeUtf8(decodeBase64(encoded))).toBe(text)
      expect(decodeUtf8(decodeBase64(encoded.replaceAll('=', '')))).toBe(text)
    }
  })
})
