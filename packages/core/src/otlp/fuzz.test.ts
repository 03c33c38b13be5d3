import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyValue, logsData, tracesData } from './arbitraries.cases.ts'
import { DecodeError } from './decode-error.ts'
import { decodeLogs, decodeLogsJson, encodeLogs, encodeLogsJson } from './logs.ts'
import { countMetricDataPoints, countMetricDataPointsJson } from './metrics.ts'
import { createSampleTraces } from './sample.cases.ts'
import { decodeTraces, decodeTracesJson, encodeTraces, encodeTracesJson } from './traces.ts'

/** What may be done to a payload on its way here. */
const mutation = fc.record({
  kind: fc.constantFrom('flip', 'set', 'truncate', 'delete', 'splice', 'repeat'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 40 }),
  byte: fc.integer({ min: 0, max: 255 }),
})

type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never

function mutate(bytes: Uint8Array, { kind, at, length, byte }: Mutation): Uint8Array {
  const index = Math.floor(at * bytes.length)
  const head = bytes.subarray(0, index)
  const tail = bytes.subarray(Math.min(bytes.length, index + length))
  if (kind === 'truncate') return head
  if (kind === 'delete') return Buffer.concat([head, tail])
  if (kind === 'repeat') return Buffer.concat([head, bytes.subarray(index, index + length), bytes.subarray(index)])
  if (kind === 'splice') return Buffer.concat([head, bytes.subarray(0, length * 3), bytes.subarray(index)])
  const copy = bytes.slice()
  if (index < copy.length) copy[index] = kind === 'set' ? byte : (copy[index] ?? 0) ^ (1 << (byte % 8))
  return copy
}

const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 })

/** Whatever the input: data that can be encoded again, or a DecodeError. */
function expectDataOrDecodeError<T>(decode: () => T, encodeAgain: (data: T) => unknown): void {
  try {
    encodeAgain(decode())
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
  }
}

const decoder = new TextDecoder()

describe('mutated payloads', () => {
  const options = { numRuns: 700 }

  it('decodeTraces() gives data or a DecodeError', () => {
    fc.assert(
      fc.property(tracesData, mutations, (data, list) => {
        const bytes = list.reduce(mutate, encodeTraces(data))
        expectDataOrDecodeError(() => decodeTraces(bytes), encodeTraces)
        expectDataOrDecodeError(() => decodeLogs(bytes), encodeLogs)
        expectDataOrDecodeError(() => countMetricDataPoints(bytes), Number)
      }),
      options,
    )
  })

  it('decodeLogs() gives data or a DecodeError', () => {
    fc.assert(
      fc.property(logsData, mutations, (data, list) => {
        const bytes = list.reduce(mutate, encodeLogs(data))
        expectDataOrDecodeError(() => decodeLogs(bytes), encodeLogs)
      }),
      options,
    )
  })

  it('decodeTracesJson() and decodeLogsJson() give data or a DecodeError when the text is mutated', () => {
    const encoder = new TextEncoder()
    const texts = fc.oneof(tracesData.map(encodeTracesJson), logsData.map(encodeLogsJson))
    fc.assert(
      fc.property(texts, mutations, (text, list) => {
        const mutated = decoder.decode(list.reduce(mutate, encoder.encode(text)))
        expectDataOrDecodeError(() => decodeTracesJson(mutated), encodeTracesJson)
        expectDataOrDecodeError(() => decodeLogsJson(mutated), encodeLogsJson)
        expectDataOrDecodeError(() => countMetricDataPointsJson(mutated), Number)
      }),
      options,
    )
  })

  it('decodeTracesJson() gives data or a DecodeError when any field holds any JSON', () => {
    const reviver = (chosen: number, value: unknown) => {
      let count = 0
      return (_key: string, old: unknown) => (count++ === chosen ? value : old)
    }
    fc.assert(
      fc.property(tracesData, fc.nat(60), fc.jsonValue(), (data, chosen, value) => {
        const text = JSON.stringify(JSON.parse(encodeTracesJson(data), reviver(chosen, value)))
        expectDataOrDecodeError(() => decodeTracesJson(text), encodeTraces)
      }),
      options,
    )
  })

  it('decodeTraces() gives data or a DecodeError when the bytes are random', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expectDataOrDecodeError(() => decodeTraces(bytes), encodeTraces)
      }),
      { numRuns: 3_000 },
    )
  })

  it('decodeTraces() survives every cut and every flipped byte of a real request', () => {
    const bytes = encodeTraces(createSampleTraces(2))
    for (let i = 0; i < bytes.length; i++) {
      expectDataOrDecodeError(() => decodeTraces(bytes.subarray(0, i)), encodeTraces)
      const flipped = bytes.slice()
      flipped[i] = (flipped[i] ?? 0) ^ 0xff
      expectDataOrDecodeError(() => decodeTraces(flipped), encodeTraces)
    }
  })

  it('anyValue arbitrary holds every kind of value, so that the tests above mean something', () => {
    const kinds = new Set(fc.sample(anyValue, 2_000).map((value) => Object.prototype.toString.call(value)))
    expect([...kinds].sort()).toEqual(
      ['Array', 'BigInt', 'Boolean', 'Null', 'Number', 'Object', 'String', 'Uint8Array'].map(
        (kind) => `[object ${kind}]`,
      ),
    )
  })
})

describe('small input that would become large', () => {
  const size = 4 * 1024 * 1024

  function repeat(...unit: readonly number[]): Uint8Array {
    return new Uint8Array(size - (size % unit.length)).map((_, i) => unit[i % unit.length] ?? 0)
  }

  /** The bytes as one message within one message, tag by tag. */
  function wrap(bytes: Uint8Array, ...tags: readonly number[]): Uint8Array {
    return tags.reduceRight<Uint8Array>((inner, tag) => {
      const length = [0, 7, 14, 21].map((shift) => ((inner.length >>> shift) & 127) | (shift < 21 ? 128 : 0))
      return Buffer.concat([Uint8Array.from([tag, ...length]), inner])
    }, bytes)
  }

  const ids = [0x0a, 16, ...new Array<number>(16).fill(1), 0x12, 8, ...new Array<number>(8).fill(1)]

  it('decodeTraces() refuses two million groups', () => {
    expect(() => decodeTraces(repeat(0x0a, 0))).toThrow('more than 65536 resource and scope groups')
    expect(() => decodeTraces(wrap(repeat(0x12, 0), 0x0a))).toThrow('more than 65536 resource and scope groups')
  })

  it('decodeTraces() rejects two million empty spans, counts them, and stays small', () => {
    const { report } = decodeTraces(wrap(repeat(0x12, 0), 0x0a, 0x12))
    expect(report.partial.rejectedCount).toBe(size / 2)
    expect(report.partial.errorMessage.length).toBeLessThan(400)
  })

  it('decodeTraces() takes 65536 of 140 thousand spans and counts the others', () => {
    const { resourceSpans, report } = decodeTraces(wrap(repeat(0x12, ids.length, ...ids), 0x0a, 0x12))
    expect(resourceSpans[0]?.scopeSpans[0]?.spans).toHaveLength(65_536)
    expect(report.partial.rejectedCount).toBe(Math.floor(size / (ids.length + 2)) - 65_536)
  })

  it('decodeTraces() drops and counts what is over of two million events, links and attributes', () => {
    const over = (tag: number) =>
      decodeTraces(wrap(Buffer.concat([Uint8Array.from(ids), repeat(tag, 0)]), 0x0a, 0x12, 0x12))
    expect(over(0x5a).report.droppedEvents).toBe(size / 2 - 262_144)
    expect(over(0x6a).report.droppedEvents).toBe(size / 2)
    expect(over(0x4a).report.droppedAttributes).toBe(size / 2 - 4_096)
  })

  it('decodeTraces() drops and counts what is over of a million values in an array or a key-value list', () => {
    for (const listTag of [0x2a, 0x32]) {
      const attribute = wrap(repeat(0x0a, 0), 0x4a, 0x12, listTag)
      const { report } = decodeTraces(wrap(Buffer.concat([Uint8Array.from(ids), attribute]), 0x0a, 0x12, 0x12))
      expect(report.droppedAttributes).toBe(size / 2 - 1_048_576)
    }
  })

  it('decodeTracesJson() throws DecodeError when arrays are nested a million deep', () => {
    expect(() => decodeTracesJson('['.repeat(1_000_000))).toThrow(DecodeError)
    const deep = `{"resourceSpans":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect(() => decodeTracesJson(deep)).toThrow(DecodeError)
  })
})
