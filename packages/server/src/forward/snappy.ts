/**
 * The block format of Snappy, of which only literals are written: every reader takes it, nothing is compressed. That is
 * enough where a protocol asks for Snappy and the bodies are small; npm has no small, kept encoder.
 * Source: https://github.com/google/snappy/blob/main/format_description.txt
 */

const literalBytes = 65_536
/** A literal whose length is in the two bytes that follow. */
const literalTag = 61 << 2

export function frameSnappy(bytes: Uint8Array): Uint8Array {
  const literals = Math.ceil(bytes.length / literalBytes)
  const length = encodeVarint(bytes.length)
  const framed = Buffer.allocUnsafe(length.length + literals * 3 + bytes.length)
  framed.set(length)
  let position = length.length
  for (let start = 0; start < bytes.length; start += literalBytes) {
    const literal = bytes.subarray(start, start + literalBytes)
    position = framed.writeUInt8(literalTag, position)
    position = framed.writeUInt16LE(literal.length - 1, position)
    framed.set(literal, position)
    position += literal.length
  }
  return framed
}

function encodeVarint(value: number): number[] {
  const encoded: number[] = []
  let rest = value
  for (; rest > 0x7f; rest >>>= 7) encoded.push((rest & 0x7f) | 0x80)
  return [...encoded, rest]
}
