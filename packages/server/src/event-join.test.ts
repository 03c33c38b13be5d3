import { createCall, type LlmCall } from '@inferometer/core/call'
import { describe, expect, it } from 'vitest'
import { EventJoin, type EventSettings } from './event-join.ts'
import { createLeafGate } from './leaf-gate.ts'
import type { SeenSpan } from './normalize/normalize.ts'
import type { CallAddition } from './normalize/normalize-logs.ts'
import { createLeafSelector } from './normalize/trace-leaves.ts'
import { noUsage } from './normalize/usage.ts'

const traceId = 'a'.repeat(32)
const emitter = '@opentelemetry/instrumentation-openai'

function toCall(fields: Partial<LlmCall> = {}): LlmCall {
  return createCall({
    traceId,
    spanId: '1'.repeat(16),
    serviceName: 'shop',
    operation: 'chat',
    provider: 'openai',
    requestModel: 'gpt-4o',
    startTimeUs: 1_000_000,
    latencyMs: 10,
    inputTokens: 5,
    outputTokens: 6,
    usageSource: 'provider',
    source: 'gen_ai',
    ...fields,
  })
}

function toSpan(fields: Partial<LlmCall> = {}, scope = emitter): SeenSpan {
  const call = toCall(fields)
  const reading = {
    kind: 'call',
    call,
    layer: 'client',
    perAttempt: false,
    emitter: scope,
    awaitsEvents: false,
  } as const
  return { traceId: call.traceId, spanId: call.spanId, parentSpanId: null, reading }
}

function toAddition(fields: Partial<CallAddition> = {}): CallAddition {
  return {
    traceId,
    spanId: '1'.repeat(16),
    serviceName: 'shop',
    emitter,
    recordCount: 2,
    requestModel: null,
    responseModel: null,
    responseId: null,
    finish: { finishReason: 'stop', finishReasonRaw: 'stop' },
    toolCalls: [],
    usage: noUsage,
    content: { input: [{ role: 'user', text: 'Hi' }], output: 'Ho' },
    hasAnswer: true,
    whole: null,
    ...fields,
  }
}

/** The join before a gate and a store that takes everything, or refuses it. */
function open(settings: Partial<EventSettings> = {}, isStoreOpen = true) {
  const log: string[] = []
  const recorded: LlmCall[] = []
  const record = async (calls: readonly LlmCall[]) => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    log.push('committed')
    if (isStoreOpen) recorded.push(...calls)
    return isStoreOpen
  }
  const settleMs = settings.settleMs ?? 150
  const nowMs = () => performance.now()
  const gate = createLeafGate({
    selector: createLeafSelector({ settleMs, rememberMs: 10_000, maxSpans: 100 }),
    nowMs,
  })
  const unused = new Map<string, number>()
  const events = new EventJoin({
    gate,
    settings: { settleMs, keepMs: 10_000, maxCalls: 100, maxBytes: 1e6, ...settings },
    nowMs,
    onUnused: (_way, reason, count) => unused.set(reason, (unused.get(reason) ?? 0) + count),
    record,
  })
  const takeSpans = async (...spans: SeenSpan[]) => {
    const { calls, droppedKeys } = await gate.take(events.join(spans))
    const isRecorded = await record(calls)
    events.settled({ calls, droppedKeys, isRecorded })
    log.push('spans answered')
  }
  const takeEvents = async (...additions: CallAddition[]) => {
    const isTaken = await events.take(additions, 'otlp_http')
    log.push('events answered')
    return isTaken
  }
  return { events, takeSpans, takeEvents, recorded, log, unused }
}

const joined = { content: { output: 'Ho' }, finishReason: 'stop', latencyMs: 10 }

describe('EventJoin', () => {
  it('joins events that came first, and answers them after the commit of their call', async () => {
    const { takeSpans, takeEvents, recorded, log } = open({ settleMs: 10_000 })
    const events = takeEvents(toAddition())
    await takeSpans(toSpan())
    expect(await events).toBe(true)
    expect(recorded).toMatchObject([joined])
    expect(log.indexOf('committed')).toBe(0)
  })

  it('joins events that came after a span of an instrumentation that is known to send them', async () => {
    const { takeSpans, takeEvents, recorded } = open({ settleMs: 10_000 })
    const spans = takeSpans(toSpan())
    expect(await takeEvents(toAddition())).toBe(true)
    await spans
    expect(recorded).toMatchObject([joined])
  })

  it('learns from events that a service sends them, whatever its instrumentation is called', async () => {
    const { takeSpans, takeEvents, recorded } = open({ settleMs: 10_000 })
    const scope = 'my.own.instrumentation'
    const events = takeEvents(toAddition({ emitter: scope }))
    await takeSpans(toSpan({}, scope))
    await events
    const other = { spanId: '2'.repeat(16) }
    const later = takeSpans(toSpan(other, scope))
    await takeEvents(toAddition({ ...other, emitter: scope }))
    await later
    expect(recorded).toMatchObject([joined, joined])
  })

  it('holds nothing of instrumentations that have sent no events, of our SDK, and of calls whose content is known', async () => {
    const { events } = open()
    const wire = toSpan()
    const { reading } = wire
    if (!reading) throw new Error('no reading')
    const spans = [
      toSpan({}, 'my.own.instrumentation'),
      toSpan({ content: { input: null, output: 'Ho' } }),
      { ...wire, reading: { ...reading, layer: 'wire' as const } },
    ]
    expect(events.join(spans)).toBe(spans)
  })

  it('puts the question and the answer of one call together when they come apart', async () => {
    const { takeSpans, takeEvents, recorded } = open({ settleMs: 10_000 })
    const asked = takeEvents(
      toAddition({ content: { input: [{ role: 'user', text: 'Hi' }], output: null }, hasAnswer: false }),
    )
    const spans = takeSpans(toSpan())
    const answered = takeEvents(toAddition({ content: { input: null, output: 'Ho' } }))
    await Promise.all([asked, spans, answered])
    expect(recorded).toMatchObject([{ content: { input: [{ text: 'Hi' }], output: 'Ho' } }])
  })

  it('keeps events for a span that comes after their sender was answered', async () => {
    const { takeSpans, takeEvents, recorded } = open({ settleMs: 20 })
    expect(await takeEvents(toAddition())).toBe(true)
    await takeSpans(toSpan())
    expect(recorded).toMatchObject([joined])
  })

  it('records a call of which only an event told, once no span came', async () => {
    const { takeEvents, recorded, unused } = open({ settleMs: 20, keepMs: 60 })
    await takeEvents(toAddition({ whole: toCall({ source: 'gen_ai-event', latencyMs: 0 }) }))
    await expect.poll(() => recorded).toMatchObject([{ source: 'gen_ai-event', content: { output: 'Ho' } }])
    expect(unused.size).toBe(0)
  })

  it('of a service without spans, records an event before it is answered', async () => {
    const { takeEvents, recorded, log } = open({ settleMs: 20, keepMs: 60 })
    const whole = (spanId: string) => toAddition({ spanId, whole: toCall({ spanId }) })
    await takeEvents(whole('1'.repeat(16)))
    await expect.poll(() => recorded.length).toBe(1)
    log.splice(0)
    await takeEvents(whole('2'.repeat(16)))
    expect(log).toEqual(['committed', 'events answered'])
  })

  it('counts events by why they were not used', async () => {
    const { events, takeSpans, takeEvents, unused } = open({ settleMs: 20, keepMs: 60, maxCalls: 1 })
    await takeSpans(toSpan())
    await takeEvents(toAddition())
    expect([...unused]).toEqual([['event_late', 2]])
    const overflow = takeEvents(toAddition({ spanId: '2'.repeat(16) }), toAddition({ spanId: '3'.repeat(16) }))
    expect(unused.get('event_overflow')).toBe(2)
    await overflow
    await expect.poll(() => unused.get('event_without_span')).toBe(2)
    await events.close()
  })

  it('refuses events whose call was refused, so that both are sent again', async () => {
    const { takeSpans, takeEvents } = open({ settleMs: 10_000 }, false)
    const events = takeEvents(toAddition())
    await takeSpans(toSpan())
    expect(await events).toBe(false)
  })

  it('close() records what only events told of and waits for nothing', async () => {
    const { events, takeEvents, recorded, unused } = open({ settleMs: 60_000 })
    const answers = [takeEvents(toAddition({ whole: toCall() })), takeEvents(toAddition({ spanId: '2'.repeat(16) }))]
    await events.close()
    expect(await Promise.all(answers)).toEqual([true, true])
    expect(recorded.length).toBe(1)
    expect([...unused]).toEqual([['event_without_span', 2]])
  })
})
