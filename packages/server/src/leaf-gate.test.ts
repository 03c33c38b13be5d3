import { createCall } from '@inferometer/core/call'
import { describe, expect, it } from 'vitest'
import { createLeafGate } from './leaf-gate.ts'
import type { SeenSpan } from './normalize/normalize.ts'
import type { Layer } from './normalize/span-reading.ts'
import { createLeafSelector } from './normalize/trace-leaves.ts'

const traceId = 'a'.repeat(32)
const idOf = (n: number) => n.toString(16).padStart(16, '0')

function seen(n: number, { layer, parent = null }: { layer: Layer; parent?: number | null }): SeenSpan {
  const call = createCall({
    traceId,
    spanId: idOf(n),
    parentSpanId: parent === null ? null : idOf(parent),
    serviceName: 's',
    operation: 'chat',
    provider: 'openai',
    requestModel: 'm',
    responseId: 'response-1',
    startTimeUs: 1_000_000,
    latencyMs: 10,
    inputTokens: 5,
    outputTokens: 6,
    usageSource: 'provider',
    source: layer,
  })
  const reading = { kind: 'call', call, layer, perAttempt: false, emitter: layer, awaitsEvents: false } as const
  return { traceId, spanId: call.spanId, parentSpanId: call.parentSpanId, reading }
}

function createGate(settleMs = 40) {
  const selector = createLeafSelector({ settleMs, rememberMs: 1_000, maxSpans: 100 })
  return createLeafGate({ selector, nowMs: () => performance.now() })
}

const ids = (calls: readonly { readonly spanId: string }[]) => calls.map(({ spanId }) => spanId)

describe('createLeafGate()', () => {
  it('gives what was seen at the wire at once', async () => {
    const { calls, dropped } = await createGate(60_000).take([seen(1, { layer: 'wire' })])
    expect(ids(calls)).toEqual([idOf(1)])
    expect(dropped.size).toBe(0)
  })

  it('answers a request without calls', async () => {
    const span = { ...seen(1, { layer: 'wire' }), reading: null }
    expect((await createGate().take([span])).calls).toEqual([])
  })

  it("holds a framework's call until the client's call below it comes in another request, and counts that one only", async () => {
    const gate = createGate(60_000)
    const framework = gate.take([seen(1, { layer: 'framework' })])
    const client = gate.take([seen(2, { layer: 'client', parent: 1 })])
    expect(ids((await client).calls)).toEqual([idOf(2)])
    expect((await framework).calls).toEqual([])
    expect([...(await framework).dropped]).toEqual([['duplicate', 1]])
  })

  it("counts a framework's call when nothing came below it", async () => {
    expect(ids((await createGate().take([seen(1, { layer: 'framework' })])).calls)).toEqual([idOf(1)])
  })

  it('decides for every request that brought the same span', async () => {
    const gate = createGate()
    const both = await Promise.all([
      gate.take([seen(1, { layer: 'framework' })]),
      gate.take([seen(1, { layer: 'framework' })]),
    ])
    expect(both.map(({ calls }) => ids(calls))).toEqual([[idOf(1)], [idOf(1)]])
  })

  it('gives a span that is sent again once more, and one that is twice in a request once', async () => {
    const gate = createGate()
    const span = seen(1, { layer: 'wire' })
    await gate.take([span])
    const again = await gate.take([span, span])
    expect(ids(again.calls)).toEqual([idOf(1)])
    expect([...again.dropped]).toEqual([['repeated', 1]])
  })

  it('lets every request go when it closes, and holds none after', async () => {
    const gate = createGate(60_000)
    const held = gate.take([seen(1, { layer: 'framework' })])
    gate.close()
    expect(ids((await held).calls)).toEqual([idOf(1)])
    expect(ids((await gate.take([seen(3, { layer: 'framework' })])).calls)).toEqual([idOf(3)])
  })
})
