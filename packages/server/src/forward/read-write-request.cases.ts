/** A reader of remote write bodies, written from the formats and sharing nothing with what writes them. */

export interface ReadSeries {
  readonly labels: readonly (readonly [string, string])[]
  readonly samples: readonly { readonly value: number; readonly timestampMs: number }[]
}

export function readWriteRequest(body: Buffer): ReadSeries[] {
  return readFields(unpackSnappy(body)).map(({ number, bytes }) => {
    if (number !== 1) throw new Error(`field ${number} of a WriteRequest`)
    const fields = readFields(bytes)
    return {
      labels: fields.filter((field) => field.number === 1).map((field) => readLabel(field.bytes)),
      samples: fields.filter((field) => field.number === 2).map((field) => readSample(field.bytes)),
    }
  })
}

function readLabel(bytes: Buffer): readonly [string, string] {
  const [name, value] = readFields(bytes)
  if (name?.number !== 1 || value?.number !== 2) throw new Error('no label')
  return [name.bytes.toString('utf8'), value.bytes.toString('utf8')]
}

function readSample(bytes: Buffer) {
  const [value, timestamp] = readFields(bytes)
  if (value?.number !== 1 || timestamp?.number !== 2) throw new Error('no sample')
  return { value: value.bytes.readDoubleLE(0), timestampMs: readVarint(timestamp.bytes, 0).value }
}

interface Field {
  readonly number: number
  readonly bytes: Buffer
}

function readFields(bytes: Buffer): Field[] {
  const fields: Field[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at)
    const wire = tag.value & 7
    const start = wire === 2 ? readVarint(bytes, tag.end) : { value: 0, end: tag.end }
    const length = wire === 2 ? start.value : wire === 1 ? 8 : readVarint(bytes, tag.end).end - tag.end
    fields.push({ number: tag.value >> 3, bytes: bytes.subarray(start.end, start.end + length) })
    at = start.end + length
    if (at > bytes.length) throw new Error('a field goes beyond its message')
  }
  return fields
}

function readVarint(bytes: Buffer, start: number) {
  let value = 0
  for (let at = start; ; at++) {
    const byte = bytes.readUInt8(at)
    value += (byte & 0x7f) * 2 ** (7 * (at - start))
    if (byte < 0x80) return { value, end: at + 1 }
  }
}

/** Source: https://github.com/google/snappy/blob/main/format_description.txt; literals only. */
export function unpackSnappy(body: Buffer): Buffer {
  const length = readVarint(body, 0)
  const literals: Buffer[] = []
  for (let at = length.end; at < body.length; ) {
    const tag = body.readUInt8(at)
    if ((tag & 3) !== 0) throw new Error('no literal')
    const inTag = tag >> 2
    const extra = inTag < 60 ? 0 : inTag - 59
    const size = (extra === 0 ? inTag : body.readUIntLE(at + 1, extra)) + 1
    const start = at + 1 + extra
    literals.push(body.subarray(start, start + size))
    at = start + size
  }
  const unpacked = Buffer.concat(literals)
  if (unpacked.length !== length.value) throw new Error(`${unpacked.length} bytes and not ${length.value}`)
  return unpacked
}
