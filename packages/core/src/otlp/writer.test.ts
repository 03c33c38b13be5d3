import { expect, it } from 'vitest'
import { DecodeTally } from './decode-limits.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

function read(writer: Writer): Reader {
  const reader = new Reader(writer.finish(), new DecodeTally({ maxStringBytes: 8_000_000 }))
  reader.next()
  return reader
}

// Around each number of bytes at which a length or the way of writing changes.
const lengths = [0, 1, 31, 32, 42, 43, 63, 64, 65, 127, 128, 129, 4_096, 5_461, 5_462, 16_383, 16_384, 700_000]

it.each(['a', 'é', '€', '😀'])('string() writes what Reader reads when the text is any number of %s', (character) => {
  for (const length of lengths) {
    const writer = new Writer()
    const text = character.repeat(length)
    writer.string(0x0a, text)
    writer.bool(0x10, true)
    const reader = read(writer)
    expect(reader.string('f') === text).toBe(true)
    expect(reader.next() && reader.bool('f')).toBe(true)
    expect(reader.next()).toBe(false)
  }
})

it('open() and close() write what Reader reads when the message is of any length', () => {
  for (const length of lengths) {
    const writer = new Writer()
    const outer = writer.open(0x0a)
    const inner = writer.open(0x12)
    writer.byteArray(0x1a, new Uint8Array(length).fill(7))
    writer.close(inner)
    writer.close(outer)
    const reader = read(writer)
    reader.enter('outer', -1)
    reader.next()
    reader.enter('inner', -1)
    reader.next()
    expect(reader.byteArray('f').length).toBe(length)
    expect(reader.next()).toBe(false)
    reader.leave()
    reader.leave()
    expect(reader.next()).toBe(false)
  }
})

it.each([0, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, -1, -(2 ** 53 - 1), 2n ** 63n - 1n, -(2n ** 63n)])(
  'int64() writes what Reader reads when the value is %s',
  (value) => {
    const writer = new Writer()
    writer.int64(0x08, value)
    expect(read(writer).int64('f')).toBe(value)
  },
)

it('int64() and id() throw BUG when the value cannot be written', () => {
  expect(() => new Writer().int64(0x08, 2n ** 63n)).toThrow('BUG: ')
  expect(() => new Writer().id(0x0a, 'xyz1')).toThrow('BUG: ')
  expect(() => new Writer().id(0x0a, 'abc')).toThrow('BUG: ')
})
