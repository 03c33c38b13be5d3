import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tracesData } from './arbitraries.cases.ts'
import type { TracesData } from './model.ts'
import { decodeErrorOf, firstSpan, oneSpan, oneSpanBytes, requestType, withSpans } from './one-span.cases.ts'
import { toPlainTraces } from './plain.cases.ts'
import { decodeReference, encodeReference } from './reference-proto.cases.ts'
import { createSampleTraces } from './sample.cases.ts'
import { decodeTraces, decodeTracesJson, encodeTraces, encodeTracesJson } from './traces.ts'

const fullSuccess = { rejectedCount: 0, errorMessage: '' }

describe('decodeTraces', () => {
  it('decodeTraces() reads every field when the bytes are written by hand', () => {
    const { report, ...data } = decodeTraces(oneSpanBytes)
    expect(data).toEqual(oneSpan)
    expect(report).toEqual({ partial: fullSuccess, droppedAttributes: 0, droppedEvents: 0, truncatedStrings: 0 })
  })

  it('decodeTraces() reads at the right place when the bytes are a part of a larger buffer', () => {
    const padded = new Uint8Array(oneSpanBytes.length + 20).fill(255)
    padded.set(oneSpanBytes, 10)
    expect(decodeTraces(padded.subarray(10, 10 + oneSpanBytes.length))).toMatchObject(oneSpan)
  })

  it('decodeTraces() gives no groups when the message is empty', () => {
    expect(decodeTraces(new Uint8Array())).toMatchObject({ resourceSpans: [] })
  })

  it('decodeTraces() reads what protobufjs wrote when the data is arbitrary', () => {
    fc.assert(
      fc.property(tracesData, (data) => {
        const { resourceSpans } = decodeTraces(encodeReference(requestType, toPlainTraces(data)))
        expect(resourceSpans).toEqual(data.resourceSpans)
      }),
      { numRuns: 150 },
    )
  })

  it('decodeTraces() throws the offset and the path when the message is cut anywhere', () => {
    for (let length = 1; length < oneSpanBytes.length; length++) {
      const cut = oneSpanBytes.subarray(0, length)
      const error = decodeErrorOf(() => decodeTraces(cut))
      expect(error.offset).toBeLessThanOrEqual(length)
      expect(error.path).toMatch(/^resourceSpans/)
    }
  })

  it('decodeTraces() names the field when its length is too long', () => {
    const bytes = oneSpanBytes.slice()
    const nameAt = Buffer.from(bytes).indexOf('2a0463686174', 'hex')
    bytes[nameAt + 1] = 0xff
    bytes[nameAt + 2] = 0x7f
    const error = decodeErrorOf(() => decodeTraces(bytes))
    expect(error.path).toBe('resourceSpans[0].scopeSpans[0].spans[0].name')
    expect(error.offset).toBe(nameAt + 1)
    expect(error.message).toBe(`${error.path}: length runs past the end (at ${nameAt + 1})`)
  })

  it('decodeTraces() keeps an own __proto__ when a key-value list has that key', () => {
    const value = { kvlistValue: { values: [{ key: '__proto__', value: { stringValue: 'x' } }] } }
    const span = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1), attributes: [{ key: 'k', value }] }
    const decoded = firstSpan(decodeTraces(encodeReference(requestType, withSpans(span))))?.attributes.get('k')
    expect(Object.entries(decoded ?? {})).toEqual([['__proto__', 'x']])
    expect(decoded).not.toHaveProperty('toString')
  })

  it('decodeTraces() keeps a leading byte order mark and replaces what is not UTF-8', () => {
    const bytes = encodeReference(requestType, {
      resourceSpans: [{ schemaUrl: '\ufeffaé' }, { schemaUrl: 'abc' }],
    })
    bytes[bytes.length - 1] = 0xff
    const decoded = decodeTraces(bytes)
    expect(decoded.resourceSpans.map((group) => group.schemaUrl)).toEqual(['\ufeffaé', 'ab\ufffd'])
  })
})

describe('ids', () => {
  const good = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1) }

  it('decodeTraces() leaves a span out and says so when it has no valid id', () => {
    const message = withSpans(
      good,
      { ...good, traceId: Buffer.alloc(15, 1) },
      { ...good, spanId: Buffer.alloc(8) },
      { traceId: good.traceId },
      good,
      {},
    )
    const { resourceSpans, report } = decodeTraces(encodeReference(requestType, message))
    expect(resourceSpans[0]?.scopeSpans[0]?.spans).toHaveLength(2)
    expect(report.partial.rejectedCount).toBe(4)
    expect(report.partial.errorMessage).toBe(
      'resourceSpans[0].scopeSpans[0].spans[1].traceId: must be an id, not all zeros; ' +
        'resourceSpans[0].scopeSpans[0].spans[2].spanId: must be an id, not all zeros; ' +
        'resourceSpans[0].scopeSpans[0].spans[3].spanId: must be an id, not all zeros; and 1 more',
    )
  })

  it('decodeTraces() makes a parentSpanId empty and drops a link when they are no ids', () => {
    const span = { ...good, parentSpanId: Buffer.alloc(8), links: [{ traceId: good.traceId }, good] }
    const decoded = decodeTraces(encodeReference(requestType, withSpans(span)))
    expect(firstSpan(decoded)).toMatchObject({ parentSpanId: '', links: [{ spanId: '0101010101010101' }] })
    expect(decoded.report.droppedEvents).toBe(1)
  })

  it('decodeTracesJson() takes ids in either case and rejects the same spans as decodeTraces', () => {
    const ids = { traceId: 'AB'.repeat(16), spanId: 'Cd'.repeat(8) }
    const spans = [
      ids,
      { ...ids, traceId: 'ab' },
      { ...ids, spanId: '0'.repeat(16) },
      { ...ids, traceId: 'xy'.repeat(16) },
    ]
    const decoded = decodeTracesJson(JSON.stringify(withSpans(...spans)))
    expect(firstSpan(decoded)).toMatchObject({ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), parentSpanId: '' })
    expect(decoded.report.partial.rejectedCount).toBe(3)
    expect(decoded.report.partial.errorMessage).toContain('resourceSpans[0].scopeSpans[0].spans[2].spanId: ')
  })
})

describe('encodeTraces', () => {
  it('encodeTraces() writes what protobufjs reads when the data is arbitrary', () => {
    fc.assert(
      fc.property(tracesData, (data) => {
        const ours = decodeTraces(encodeTraces(data))
        expect(ours.resourceSpans).toEqual(data.resourceSpans)
        const again = encodeReference(requestType, decodeReference(requestType, encodeTraces(data)))
        expect(decodeTraces(again).resourceSpans).toEqual(data.resourceSpans)
      }),
      { numRuns: 150 },
    )
  })

  it('encodeTraces() is as short as protobufjs when messages are longer than one length byte', () => {
    const data = createSampleTraces(200)
    const plain = decodeReference(requestType, encodeTraces(data))
    expect(encodeTraces(data)).toHaveLength(encodeReference(requestType, plain).length)
  })

  it('encodeTraces() writes U+FFFD when a string has a lone surrogate', () => {
    const data: TracesData = {
      resourceSpans: [{ resource: { attributes: new Map() }, schemaUrl: 'a\ud800b', scopeSpans: [] }],
    }
    expect(decodeTraces(encodeTraces(data)).resourceSpans[0]?.schemaUrl).toBe('a\ufffdb')
  })
})

describe('decodeTracesJson', () => {
  it('decodeTracesJson() reads what encodeTracesJson wrote when the data is arbitrary', () => {
    fc.assert(
      fc.property(tracesData, (data) => {
        expect(decodeTracesJson(encodeTracesJson(data)).resourceSpans).toEqual(data.resourceSpans)
      }),
      { numRuns: 150 },
    )
  })

  const ids = { traceId: '1'.repeat(32), spanId: '2'.repeat(16) }

  it('decodeTracesJson() takes integers as text or numbers, enums as numbers or names, and ignores unknown fields', () => {
    const span = {
      ...ids,
      kind: 'SPAN_KIND_CLIENT',
      startTimeUnixNano: 5,
      endTimeUnixNano: '18446744073709551615',
      status: { code: 'STATUS_CODE_ERROR', message: null },
      newField: { anything: [1] },
      attributes: [
        { key: 'text', value: { intValue: '-42' } },
        { key: 'number', value: { intValue: 42 } },
        { key: 'huge', value: { intValue: '9223372036854775807' } },
        { key: 'double', value: { doubleValue: 'NaN' } },
        { key: 'bytes', value: { bytesValue: '-_8=' } },
        { key: 'none', value: {} },
        { key: 'absent' },
        { key: 'null', value: null },
      ],
    }
    const decoded = firstSpan(decodeTracesJson(JSON.stringify(withSpans(span))))
    expect(decoded).toMatchObject({ kind: 3, startTimeUnixNano: 5n, endTimeUnixNano: 2n ** 64n - 1n, statusCode: 2 })
    expect(Object.fromEntries(decoded?.attributes ?? [])).toEqual({
      text: -42,
      number: 42,
      huge: 2n ** 63n - 1n,
      double: Number.NaN,
      bytes: new Uint8Array([251, 255]),
      none: null,
      absent: null,
      null: null,
    })
  })

  it.each([
    [{ resourceSpans: 5 }, 'resourceSpans: must be an array'],
    [{ resourceSpans: [null] }, 'resourceSpans[0]: must be an object'],
    [withSpans({}, 3), 'resourceSpans[0].scopeSpans[0].spans[1]: must be an object'],
    [withSpans({ traceId: 5 }), 'resourceSpans[0].scopeSpans[0].spans[0].traceId: must be a string of hex digits'],
    [withSpans({ ...ids, name: {} }), 'resourceSpans[0].scopeSpans[0].spans[0].name: must be a string'],
    [withSpans({ ...ids, startTimeUnixNano: '1.5' }), 'spans[0].startTimeUnixNano: must be an integer'],
    [
      withSpans({ ...ids, startTimeUnixNano: -1 }),
      'spans[0].startTimeUnixNano: must be an unsigned integer of 64 bits',
    ],
    [withSpans({ ...ids, startTimeUnixNano: '1'.repeat(21) }), 'startTimeUnixNano: must be an integer'],
    [withSpans({ ...ids, kind: [] }), 'spans[0].kind: must be an integer'],
    [withSpans({ ...ids, status: 'ok' }), 'spans[0].status: must be an object'],
    [withSpans({ ...ids, attributes: [{ key: 1 }] }), 'spans[0].attributes[0].key: must be a string'],
    [
      withSpans({ ...ids, attributes: [{ key: 'a', value: { intValue: '9223372036854775808' } }] }),
      'attributes[0].value.intValue: must be an integer of 64 bits',
    ],
    [
      withSpans({ ...ids, attributes: [{ key: 'a', value: { arrayValue: { values: [{}, { boolValue: 'x' }] } } }] }),
      'attributes[0].value.arrayValue.values[1].boolValue: must be true or false',
    ],
    [withSpans({ ...ids, attributes: [{ value: { bytesValue: 'a*' } }] }), 'bytesValue: must be base64'],
    [withSpans({ ...ids, attributes: [{ value: { doubleValue: 'many' } }] }), 'doubleValue: must be a number'],
  ])('decodeTracesJson() names the field of %j', (message, expected) => {
    expect(decodeErrorOf(() => decodeTracesJson(JSON.stringify(message))).message).toContain(expected)
  })

  it('decodeTracesJson() says where the text stops being JSON and quotes none of it', () => {
    const error = decodeErrorOf(() => decodeTracesJson('{"resourceSpans": [my secret]}'))
    expect(error.message).toMatch(/^message: not JSON/)
    expect(error.message).not.toContain('secret')
    expect(decodeErrorOf(() => decodeTracesJson('null')).message).toBe('message: must be an object')
  })
})
