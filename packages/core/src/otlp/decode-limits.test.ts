import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tracesData } from './arbitraries.cases.ts'
import { DecodeError } from './decode-error.ts'
import type { AnyValue, Span, TracesData } from './model.ts'
import { decodeErrorOf, firstSpan, oneSpan, oneSpanBytes, requestType } from './one-span.cases.ts'
import { encodeReference } from './reference-proto.cases.ts'
import { createSampleTraces } from './sample.cases.ts'
import { decodeTraces, decodeTracesJson, encodeTraces, encodeTracesJson } from './traces.ts'

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
