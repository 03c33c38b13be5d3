import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader, MalformedBytes } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

const wholeNumber = fc.maxSafeNat()
const signedNumber = fc.integer({ min: -(2 ** 51), max: 2 ** 51 })

describe('ByteWriter and ByteReader', () => {
  it('ByteReader reads back what ByteWriter wrote when numbers and texts are of any size', () => {
    fc.assert(
      fc.property(
        fc.array(wholeNumber),
        fc.array(signedNumber),
        fc.array(fc.double()),
        fc.array(fc.string({ unit: 'binary', maxLength: 300 })),
        (numbers, signed, doubles, texts) => {
          const writer = new ByteWriter()
          for (const value of numbers) writer.varint(value)
          for (const value of signed) writer.zigzag(value)
          for (const value of doubles) writer.double(value)
          for (const value of texts) writer.text(value)
          const reader = new ByteReader(writer.copyFrom(0))
          expect(numbers.map(() => reader.varint())).toEqual(numbers)
          expect(signed.map(() => reader.zigzag())).toEqual(signed)
          expect(doubles.map(() => reader.double())).toEqual(doubles)
          expect(texts.map(() => reader.text())).toEqual(texts)
          expect(reader.isAtEnd).toBe(true)
        },
      ),
    )
  })

  it('ByteWriter.prependLength() moves what follows when the length takes one to four bytes', () => {
    for (const size of [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
      const writer = new ByteWriter()
      writer.varint(7)
      const start = writer.length
      writer.raw(new Uint8Array(size).fill(9))
      writer.prependLength(start)
      const bytes = writer.copyFrom(0)
      const reader = new ByteReader(bytes)
      expect(reader.varint()).toBe(7)
      expect(reader.varint()).toBe(size)
      expect(bytes.subarray(bytes.length - size).every((byte) => byte === 9)).toBe(true)
    }
  })

  it('ByteReader throws MalformedBytes when the bytes end early or ask for too much', () => {
    const reading: [number[], (reader: ByteReader) => unknown][] = [
      [[], (reader) => reader.varint()],
      [[0x80], (reader) => reader.varint()],
      [Array.from({ length: 12 }, () => 0xff), (reader) => reader.varint()],
      [[1, 2, 3], (reader) => reader.double()],
      [[200, 1, 65], (reader) => reader.text()],
      [[0xff, 0xff, 0xff, 0xff, 0x0f], (reader) => reader.list(() => 0)],
    ]
    for (const [bytes, read] of reading)
      expect(() => read(new ByteReader(Uint8Array.from(bytes)))).toThrow(MalformedBytes)
  })
})
