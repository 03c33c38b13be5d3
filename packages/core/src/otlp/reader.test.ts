import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DecodeError } from './decode-error.ts'
import { DecodeTally } from './decode-limits.ts'
import { field, toBytes, varint } from './hand-written.cases.ts'
import { Reader } from './reader.ts'

function open(...hex: readonly string[]): Reader {
  const reader = new Reader(toBytes(...hex), new DecodeTally({ maxDepth: 10 }))
  reader.next()
  return reader
}

function skipAll(...hex: readonly string[]): void {
  const reader = new Reader(toBytes(...hex), new DecodeTally({ maxDepth: 10 }))
  while (reader.next()) reader.skip()
}

describe('int64', () => {
  it.each<[string, number | bigint]>([
    ['00', 0],
    ['7f', 127],
    ['8001', 128],
    ['ffffffff0f', 2 ** 32 - 1],
    ['8080808010', 2 ** 32],
    ['ffffffffffffff0f', Number.MAX_SAFE_INTEGER],
    ['8080808080808010', 2n ** 53n],
    ['8180808080808010', 2n ** 53n + 1n],
    ['ffffffffffffffff7f', 2n ** 63n - 1n],
    ['80808080808080808001', -(2n ** 63n)],
    ['ffffffffffffffffff01', -1],
    ['8180808080808080807e', 1], // bits beyond the 64th are dropped, as in other implementations
    ['8000', 0], // not the shortest form, and allowed
  ])('int64() reads %s as %s', (hex, expected) => {
    expect(open('08', hex).int64('f')).toBe(expected)
  })

  it('int64() reads what a varint of any integer says', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        let rest = BigInt.asUintN(64, value)
        const bytes = ['08']
        for (; rest > 127n; rest >>= 7n) bytes.push(varint(Number(rest & 127n) + 128).slice(0, 2))
        bytes.push(varint(Number(rest)))
        expect(BigInt(open(...bytes).int64('f'))).toBe(value)
      }),
    )
  })

  it('int64() throws when the varint is longer than ten bytes or cut off', () => {
    expect(() => open('08', 'ff'.repeat(10), '01').int64('f')).toThrow('f: varint longer than 10 bytes (at 11)')
    expect(() => open('08', 'ffff').int64('f')).toThrow('f: ends within a varint (at 3)')
  })
})

describe('fixed and length-delimited values', () => {
  it('double() and fixed64() read little-endian', () => {
    expect(open('09', '000000000000f8bf').double('f')).toBe(-1.5)
    expect(open('09', '0102030405060788').fixed64('f')).toBe(0x8807060504030201n)
  })

  it('fixed64() throws when the bytes end', () => {
    expect(() => open('09', '01020304050607').fixed64('f')).toThrow('f: ends within a value of 8 bytes (at 1)')
  })

  it.each(['08', 'ffffffff0f', 'ffffffffffffffffff01', '80808080808080808001'])(
    'string() throws when its length %s runs past the end',
    (length) => {
      expect(() => open('0a', length, '61').string('f')).toThrow('f: length runs past the end (at 1)')
    },
  )

  it('string() reads past no inner message into the outer one', () => {
    const reader = open(field('0a', '0a 05 61'), '6262626262')
    reader.enter('m', -1)
    reader.next()
    expect(() => reader.string('f')).toThrow('m.f: length runs past the end')
  })

  it('byteArray() gives a copy when the input is a Buffer', () => {
    const input = Buffer.from(toBytes('0a02 0102'))
    const reader = new Reader(input, new DecodeTally({}))
    reader.next()
    const value = reader.byteArray('f')
    input.fill(0)
    expect(value).toEqual(new Uint8Array([1, 2]))
    expect(value.buffer.byteLength).toBe(2)
  })

  it('id() gives hex digits, and none when the length is wrong or all bytes are zero', () => {
    expect(open('0a08 00010203fcfdfeff').id('f', 8)).toBe('00010203fcfdfeff')
    expect(open('0a07 00010203fcfdfe').id('f', 8)).toBe('')
    expect(open('0a08 0000000000000000').id('f', 8)).toBe('')
  })
})

describe('skip', () => {
  it('skip() steps over every wire type, and groups within groups', () => {
    const group = `53 08 01 ${field('12', 'ffff')} 5b 25 01020304 5c 54`
    const reader = new Reader(
      toBytes(group, '09 0102030405060708', '8601'.replace('86', '88'), '2a'),
      new DecodeTally({}),
    )
    reader.next()
    reader.skip()
    expect(reader.next()).toBe(true)
    expect(reader.tag).toBe(0x09)
  })

  it.each([
    ['54', '#10: end of a group that was not begun (at 1)'],
    ['53', '#10: group not ended (at 1)'],
    ['53 5c', '#11: end of a group that was not begun (at 2)'],
    ['0e', '#1: unknown wire type 6 (at 1)'],
    ['0f', '#1: unknown wire type 7 (at 1)'],
    ['00', 'message: field number 0 (at 1)'],
    ['07', 'message: field number 0 (at 1)'],
    ['8080808080 01 00', 'message: field number out of range (at 6)'],
    ['80', 'message: ends within a varint (at 1)'],
    ['12 05 00', '#2: length runs past the end (at 1)'],
    ['0d 000000', '#1: ends within a value of 4 bytes (at 1)'],
  ])('skip() throws when the bytes are %s', (hex, message) => {
    expect(() => skipAll(hex)).toThrow(message)
    expect(() => skipAll(hex)).toThrow(DecodeError)
  })

  it('skip() throws when groups are nested too deep, and soon', () => {
    expect(() => skipAll('0b'.repeat(2_000_000))).toThrow('nested deeper than 10 levels')
  })

  it('enter() throws when messages are nested too deep', () => {
    const nest = (depth: number): string => (depth === 0 ? '' : field('0a', nest(depth - 1)))
    const descend = (reader: Reader) => {
      let depth = 0
      do reader.enter('m', depth++)
      while (reader.next())
      return depth
    }
    expect(descend(open(nest(10)))).toBe(10)
    expect(() => descend(open(nest(11)))).toThrow('m[8].m[9].m: nested deeper than 10 levels (at 22)')
  })
})
