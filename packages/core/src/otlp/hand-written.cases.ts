/** Protobuf written by hand: hex text in, with lengths counted. Independent of our writer. */

/** A length-delimited field: its tag in hex, then what is in it. */
export function field(tag: string, ...parts: readonly string[]): string {
  const content = parts.join('').replaceAll(' ', '')
  return tag + varint(content.length / 2) + content
}

export function varint(value: number): string {
  const low = value % 128
  const rest = Math.floor(value / 128)
  const byte = (rest > 0 ? low + 128 : low).toString(16).padStart(2, '0')
  return rest > 0 ? byte + varint(rest) : byte
}

export function textField(tag: string, text: string): string {
  return field(tag, Buffer.from(text).toString('hex'))
}

export function toBytes(...parts: readonly string[]): Uint8Array {
  return new Uint8Array(Buffer.from(parts.join('').replaceAll(' ', ''), 'hex'))
}
