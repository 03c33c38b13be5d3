import type { LlmCall } from '@inferometer/core/call'
import type { TraceNode } from '@inferometer/core/trace-node'
import { describe, expect, it } from 'vitest'
import { makeCall, spanIdOf, startUs, traceIdOf } from './sample-calls.cases.ts'
import type { CallStore, StoredNode } from './store.ts'

/** What every store promises of traces and their nodes. */
export function describeTraces(current: () => CallStore, reopen: () => Promise<void>): void {
  describe('nodes of traces', () => {
    const agent = makeNode(1, {
      kind: 'agent',
      agentName: 'ann',
      links: [{ traceId: traceIdOf(9), spanId: spanIdOf(9) }],
    })
    const tool = makeNode(2, { kind: 'tool', toolName: 'look', startTimeUs: startUs - 5 })
    const readNodes = async (after: number) => {
      const read: StoredNode[] = []
      await current().readNodesAfter(after, (batch) => {
        read.push(...batch)
      })
      return read
    }

    it('append() keeps them with the calls of their trace, also without any, and across a restart', async () => {
      await current().append([makeCall(1, { traceId: traceIdOf(1) })], [agent])
      const alone = await current().append([], [tool])
      expect(alone).toEqual({ ok: true, firstSeq: 2, lastSeq: 1, duplicates: [] })
      await reopen()
      expect((await current().getTrace(traceIdOf(1))).nodes).toEqual([tool, agent])
      expect(current().state()).toMatchObject({ lastSeq: 1, lastNodeSeq: 2 })
    })

    it('getTrace() answers one that was sent twice once, as it came first', async () => {
      await current().append([], [agent])
      await current().append([], [{ ...agent, name: 'other' }])
      expect((await current().getTrace(traceIdOf(1))).nodes).toEqual([agent])
    })

    it('readNodesAfter() numbers them in the order given, from one restart to the next', async () => {
      await current().append([], [agent])
      await reopen()
      await current().append([], [tool])
      expect(await readNodes(0)).toEqual([
        { seq: 1, node: agent },
        { seq: 2, node: tool },
      ])
      expect(await readNodes(1)).toEqual([{ seq: 2, node: tool }])
      expect(await readNodes(2)).toEqual([])
    })

    it('append() refuses ids that are none as a bug and records nothing', async () => {
      await expect(current().append([], [{ ...agent, spanId: 'x' }])).rejects.toThrow('BUG: spanId')
      expect(await readNodes(0)).toEqual([])
    })
  })

  describe('recentTraces()', () => {
    it('sums up the calls of each trace, the one recorded last first, page by page', async () => {
      const numbers = { inputTokens: 10, outputTokens: 5, costNanoUsd: 7 }
      const call = (n: number, trace: number, more: Partial<LlmCall> = {}) =>
        makeCall(n, { traceId: traceIdOf(trace), latencyMs: 10, ...numbers, ...more })
      await current().append([
        call(1, 1, { startTimeUs: startUs, serviceName: 'b', requestModel: 'm' }),
        call(2, 2, { startTimeUs: startUs, serviceName: 'c', costNanoUsd: null }),
        call(3, 1, { startTimeUs: startUs + 5_000, serviceName: 'a', requestModel: 'm', status: 'error' }),
      ])
      const [first, second, ...others] = await current().recentTraces({ limit: 10 })
      expect(first).toEqual({
        traceId: traceIdOf(1),
        lastSeq: 3,
        startTimeUs: startUs,
        durationMs: expect.closeTo(15, 3),
        calls: 2,
        failedCalls: 1,
        services: ['a', 'b'],
        models: ['m'],
        inputTokens: 20,
        outputTokens: 10,
        costNanoUsd: 14,
      })
      expect([second?.traceId, second?.costNanoUsd, others]).toEqual([traceIdOf(2), null, []])
      expect((await current().recentTraces({ limit: 1, before: 3 })).map(({ traceId }) => traceId)).toEqual([
        traceIdOf(2),
      ])
      expect((await current().recentTraces({ limit: 9, serviceName: 'c' })).length).toBe(1)
      expect(await current().recentTraces({ limit: 9, serviceName: 'x' })).toEqual([])
    })
  })
}

function makeNode(n: number, fields: Partial<TraceNode>): TraceNode {
  return {
    traceId: traceIdOf(1),
    spanId: spanIdOf(n),
    parentSpanId: null,
    serviceName: 'shop',
    kind: 'span',
    name: 'a step',
    startTimeUs: startUs,
    durationMs: 1.5,
    status: 'success',
    errorType: null,
    toolName: null,
    toolCallId: null,
    agentName: null,
    links: [],
    source: 'gen_ai',
    ...fields,
  }
}
