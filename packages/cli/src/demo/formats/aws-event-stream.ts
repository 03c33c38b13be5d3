/**
 * Amazon's event stream framing: total length, header length, CRC of both, headers, payload, CRC of all before it.
 * Source: https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html (event stream encoding)
 */
import { crc32 } from 'node:zlib'

const stringHeader = 7

function encodeHeader(name: string, value: string): Buffer {
  const nameBytes = Buffer.from(name)
  const valueBytes = Buffer.from(value)
  const head = Buffer.from([nameBytes.length, ...nameBytes, stringHeader, 0, 0])
  head.writeUInt16BE(valueBytes.length, head.length - 2)
  return Buffer.concat([head, valueBytes])
}

export function encodeEventStreamMessage(headers: Readonly<Record<string, string>>, payload: unknown): Uint8Array {
  const headerBytes = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)))
  const body = Buffer.from(JSON.stringify(payload))
  const total = 12 + headerBytes.length + body.length + 4
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(total, 0)
  prelude.writeUInt32BE(headerBytes.length, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  const beforeCrc = Buffer.concat([prelude, headerBytes, body])
  const tail = Buffer.alloc(4)
  tail.writeUInt32BE(crc32(beforeCrc), 0)
  return Buffer.concat([beforeCrc, tail])
}
