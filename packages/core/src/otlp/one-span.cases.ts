/** A request of one span that has every field, as bytes and as data, and what tests of such requests need. */
import { DecodeError } from './decode-error.ts'
import { field, textField, toBytes } from './hand-written.cases.ts'
import type { AnyValue, Span, TracesData } from './model.ts'

export const requestType = 'ExportTraceServiceRequest'

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
export const oneSpanBytes = toBytes(
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

export const oneSpan: TracesData = {
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

export function firstSpan(data: TracesData): Span | undefined {
  return data.resourceSpans[0]?.scopeSpans[0]?.spans[0]
}

/** A request of one group with these spans, in protobufjs vocabulary. */
export function withSpans(...spans: readonly unknown[]) {
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] }
}

export function decodeErrorOf(run: () => unknown): DecodeError {
  try {
    run()
  } catch (error) {
    if (error instanceof DecodeError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
