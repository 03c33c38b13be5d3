import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tracesData } from './arbitraries.cases.ts'
import { DecodeError } from './decode-error.ts'
import { field, textField, toBytes } from './hand-written.cases.ts'
import type { AnyValue, Span, TracesData } from './model.ts'
import { toPlainTraces } from './plain.cases.ts'
import { decodeReference, encodeReference } from './reference-proto.cases.ts'
import { createSampleTraces } from './sample.cases.ts'
import { decodeTraces, decodeTracesJson, encodeTraces, encodeTracesJson } from './traces.ts'

const requestType = 'ExportTraceServiceRequest'

// Every field of the messages, written by hand from the .proto files.
const spanBytes = [
  field('0a', '000102030405060708090a0b0c0d0e0f'), // trace_id
  field('12', '00000000000000ff'), // span_id
  textField('1a', 'a=b'), // trace_state
  field('22', '0100000000000000'), // parent_span_id
  textField('2a', 'chat'), // name
  '30 03', // kind client
  '39 0100000000000000', // start
  '41 ffffffffffffffff', // end
  field('4a', textField('0a', 'i'), field('12', '18 05')), // i = 5
  field('4a', textField('0a', 'n'), field('12', '18 ffffffffffffffffff01')), // n = -1
  field('4a', textField('0a', 'd'), field('12', '21 000000000000f83f', '10 01')), // d = 1.5, then true: the last counts
  '50 01', // dropped_attributes_count
  field('5a', '09 0200000000000000', textField('12', 'e'), field('1a', field('0a'))), // events
  field('6a', field('0a', 'f0000000000000000000000000000000'), field('12', '0f00000000000000'), '28 01'), // links
  field('7a', textField('12', 'x'), '18 02'), // status
  '8501 01010000', // flags
]
const oneSpanBytes = toBytes(
  field(
    '0a', // resource_spans
    field('0a', field('0a', textField('0a', 'service.name'), field('12', textField('0a', 'a'))), '10 02'), // resource
    field(
      '12', // scope_spans
      field('0a', textField('0a', 's'), textField('12', 'v'), field('1a', field('0a'))), // scope
      field('12', ...spanBytes),
      textField('1a', 'u'), // schema_url
    ),
    textField('1a', 'w'), // schema_url
  ),
)

const oneSpan: TracesData = {
  resourceSpans: [
    {
      resource: { attributes: new Map([['service.name', 'a']]) },
      schemaUrl: 'w',
      scopeSpans: [
        {
          scope: { name: 's', version: 'v', attributes: new Map([['', null]]) },
          schemaUrl: 'u',
          spans: [
            {
              traceId: '000102030405060708090a0b0c0d0e0f',
              spanId: '00000000000000ff',
              parentSpanId: '0100000000000000',
              traceState: 'a=b',
              name: 'chat',
              kind: 3,
              startTimeUnixNano: 1n,
              endTimeUnixNano: 2n ** 64n - 1n,
              attributes: new Map<string, AnyValue>([
                ['i', 5],
                ['n', -1],
                ['d', true],
              ]),
              events: [{ timeUnixNano: 2n, name: 'e', attributes: new Map([['', null]]) }],
              links: [
                { traceId: 'f0000000000000000000000000000000', spanId: '0f00000000000000', attributes: new Map() },
              ],
              statusCode: 2,
              statusMessage: 'x',
            },
          ],
        },
      ],
    },
  ],
}

const fullSuccess = { rejectedCount: 0, errorMessage: '' }

function firstSpan(data: TracesData): Span | undefined {
  return data.resourceSpans[0]?.scopeSpans[0]?.spans[0]
}

/** A request of one group with these spans, in protobufjs vocabulary. */
function withSpans(...spans: readonly unknown[]) {
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] }
}

function decodeErrorOf(run: () => unknown): DecodeError {
  try {
    run()
  } catch (error) {
    if (error instanceof DecodeError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

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

describe('limits', () => {
  const data = createSampleTraces(5)
  const encodings = {
    protobuf: (limits: object) => decodeTraces(encodeTraces(data), limits),
    json: (limits: object) => decodeTracesJson(encodeTracesJson(data), limits),
  }

  for (const [name, decode] of Object.entries(encodings)) {
    it(`${name}: spans beyond maxItems are rejected and counted`, () => {
      const { resourceSpans, report } = decode({ maxItems: 3 })
      expect(resourceSpans[0]?.scopeSpans[0]?.spans).toHaveLength(3)
      expect(report.partial.rejectedCount).toBe(2)
      expect(report.partial.errorMessage).toContain('spans[3]: more than 3 in one request')
    })

    it(`${name}: attributes beyond maxAttributes are dropped and counted`, () => {
      const decoded = decode({ maxAttributes: 4 })
      expect([...(firstSpan(decoded)?.attributes.keys() ?? [])]).toEqual([
        'gen_ai.operation.name',
        'gen_ai.provider.name',
        'gen_ai.request.model',
        'gen_ai.response.model',
      ])
      expect(decoded.report.droppedAttributes).toBe(5 * 11)
    })

    it(`${name}: groups beyond maxItems are an error`, () => {
      expect(() => decode({ maxItems: 1 })).toThrow('more than 1 resource and scope groups')
    })
  }

  it('strings beyond maxStringBytes are cut between characters, alike in both encodings', () => {
    fc.assert(
      fc.property(tracesData, fc.integer({ min: 0, max: 12 }), (arbitraryData, maxStringBytes) => {
        const fromBytes = decodeTraces(encodeTraces(arbitraryData), { maxStringBytes })
        const fromText = decodeTracesJson(encodeTracesJson(arbitraryData), { maxStringBytes })
        expect(fromBytes).toEqual(fromText)
      }),
      { numRuns: 100 },
    )
    const decoded = decodeTraces(encodeReference(requestType, { resourceSpans: [{ schemaUrl: 'aé€😀' }] }), {
      maxStringBytes: 9,
    })
    expect(decoded.resourceSpans[0]?.schemaUrl).toBe('aé€')
    expect(decoded.report.truncatedStrings).toBe(1)
  })

  it('events and links beyond maxEvents are dropped and counted, alike in both encodings', () => {
    const { resourceSpans, report } = decodeTraces(oneSpanBytes, { maxEvents: 1 })
    expect(firstSpan({ resourceSpans })).toMatchObject({ events: [{ name: 'e' }], links: [] })
    expect(report.droppedEvents).toBe(1)
    expect(decodeTracesJson(encodeTracesJson(oneSpan), { maxEvents: 1 })).toEqual({ resourceSpans, report })
  })

  it('values within values beyond maxNestedValues are dropped and counted, alike in both encodings', () => {
    fc.assert(
      fc.property(tracesData, fc.integer({ min: 0, max: 6 }), (arbitraryData, maxNestedValues) => {
        const fromBytes = decodeTraces(encodeTraces(arbitraryData), { maxNestedValues })
        const fromText = decodeTracesJson(encodeTracesJson(arbitraryData), { maxNestedValues })
        expect(fromBytes.report.droppedAttributes > 0).toBe(fromText.report.droppedAttributes > 0)
      }),
      { numRuns: 100 },
    )
  })

  it('nesting beyond maxDepth is an error at the same depth in both encodings', () => {
    const nest = (depth: number): AnyValue => (depth === 0 ? 'x' : [nest(depth - 1)])
    const ids = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), parentSpanId: '', traceState: '', name: '' }
    const build = (depth: number): TracesData => {
      const attributes = new Map([['k', nest(depth)]])
      const times = { startTimeUnixNano: 1n, endTimeUnixNano: 1n }
      const span: Span = {
        ...ids,
        ...times,
        kind: 0,
        attributes,
        events: [],
        links: [],
        statusCode: 0,
        statusMessage: '',
      }
      const scope = { name: '', version: '', attributes: new Map() }
      const scopeSpans = [{ scope, schemaUrl: '', spans: [span] }]
      return { resourceSpans: [{ resource: { attributes: new Map() }, schemaUrl: '', scopeSpans }] }
    }
    // resourceSpans, scopeSpans, spans, attributes and value are five; each array is two.
    expect(() => decodeTraces(encodeTraces(build(47)))).not.toThrow()
    expect(() => decodeTracesJson(encodeTracesJson(build(47)))).not.toThrow()
    const error = decodeErrorOf(() => decodeTraces(encodeTraces(build(48))))
    expect(error.reason).toBe('nested deeper than 100 levels')
    expect(decodeErrorOf(() => decodeTracesJson(encodeTracesJson(build(48)))).path).toBe(error.path)
    expect(() => decodeTraces(encodeTraces(build(1_000)))).toThrow(DecodeError)
    expect(() => decodeTracesJson(encodeTracesJson(build(1_000)))).toThrow(DecodeError)
  })
})

describe('encodeTraces', () => {
  it('encodeTraces() writes what protobufjs reads when the data is arbitrary', () => {
    fc.assert(
      fc.property(tracesData, (data) => {
        const ours = decodeTraces(encodeTraces(data))
        expect(ours.resourceSpans).toEqual(data.resourceSpans)
        const type = requestType
        const again = encodeReference(type, decodeReference(type, encodeTraces(data)))
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
