import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sdkScope } from './attributes.ts'
import { createCall } from './call.ts'
import { validCall } from './call-span.cases.ts'
import { toTraces } from './call-span.ts'
import { createCallEncoder } from './encode-calls.ts'
import { encodeTraces } from './otlp/traces.ts'

const sender = { name: sdkScope, version: '1.2.3', resourceAttributes: new Map([['host.name', 'h']]) }

it('createCallEncoder() gives the bytes of encodeTraces(toTraces(calls)), batch after batch', () => {
  const encode = createCallEncoder(sender)
  fc.assert(
    fc.property(fc.array(validCall, { maxLength: 6 }), (calls) => {
      expect(Buffer.compare(encode(calls), encodeTraces(toTraces(calls, sender)))).toBe(0)
    }),
    { numRuns: 500 },
  )
})

it('createCallEncoder() gives the same for values that it has no room to remember', () => {
  const encode = createCallEncoder(sender)
  const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), startTimeUs: 1_795_430_196_307_001, latencyMs: 1.5 }
  const calls = Array.from({ length: 600 }, (_, i) =>
    createCall({
      ...ids,
      serviceName: 's',
      operation: 'chat',
      provider: `p${i}`,
      requestModel: 'm'.repeat(i),
      source: 'test',
    }),
  )
  for (let turn = 0; turn < 2; turn += 1)
    expect(Buffer.compare(encode(calls), encodeTraces(toTraces(calls, sender)))).toBe(0)
})
