import type { LlmCall } from '@inferometer/core/call'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { anyCall, type Place, placeOf } from '../call-search.ts'
import { aggregateCases, everyCall } from './aggregate.cases.ts'
import { fullCall, makeCall, makeCalls, spanIdOf, traceIdOf } from './sample-calls.cases.ts'
import { newest, searchedCalls, searchedNodes, searches, sortFields } from './search.cases.ts'
import { searchCalls } from './search-calls.ts'
import type { CallStore, StoredCall } from './store.ts'
import { describeTraces } from './trace.cases.ts'

export interface StoreHarness {
  /** Opens the store on what was kept since `reset`. */
  open(): Promise<CallStore>
  reset(): Promise<void>
}

/** Everything recorded after the seq. */
export async function readAll(store: CallStore, afterSeq = 0): Promise<StoredCall[]> {
  const read: StoredCall[] = []
  await store.readAfter(afterSeq, (batch) => {
    read.push(...batch)
  })
  return read
}

/** What every store promises. */
export function describeCallStore(name: string, harness: StoreHarness): void {
  describe(name, () => {
    let store: CallStore
    beforeEach(async () => {
      await harness.reset()
      store = await harness.open()
    })
    afterEach(() => store.close())

    const reopen = async () => {
      await store.close()
      store = await harness.open()
    }

    describeTraces(() => store, reopen)

    describe('append()', () => {
      it('numbers the calls in the order given', async () => {
        expect(await store.append(makeCalls(1, 3))).toEqual({ ok: true, firstSeq: 1, lastSeq: 3, duplicates: [] })
        expect(await store.append(makeCalls(4, 2))).toEqual({ ok: true, firstSeq: 4, lastSeq: 5, duplicates: [] })
        expect((await readAll(store)).map(({ seq, call }) => [seq, call.spanId])).toEqual(
          [1, 2, 3, 4, 5].map((number) => [number, spanIdOf(number)]),
        )
      })

      it('takes an append of nothing', async () => {
        expect(await store.append([])).toEqual({ ok: true, firstSeq: 1, lastSeq: 0, duplicates: [] })
      })

      it('tells duplicates within a batch, across batches and across a restart', async () => {
        const [one, two, three] = makeCalls(1, 3) as [LlmCall, LlmCall, LlmCall]
        expect(await store.append([one, two, one])).toEqual({ ok: true, firstSeq: 1, lastSeq: 2, duplicates: [2] })
        expect(await store.append([two, three])).toEqual({ ok: true, firstSeq: 3, lastSeq: 3, duplicates: [0] })
        expect(await store.append([two, one])).toEqual({ ok: true, firstSeq: 4, lastSeq: 3, duplicates: [0, 1] })
        await reopen()
        const four = makeCall(4)
        expect(await store.append([three, four, four, one])).toEqual({
          ok: true,
          firstSeq: 4,
          lastSeq: 4,
          duplicates: [0, 2, 3],
        })
        expect(store.state().rows).toBe(4)
      })

      it('takes trace and span id together as the identity, in either case of letter', async () => {
        const calls = [
          makeCall(1),
          makeCall(1, { spanId: spanIdOf(2) }),
          makeCall(1, { traceId: traceIdOf(2) }),
          makeCall(0xabc),
          makeCall(0xabc, { spanId: spanIdOf(0xabc).toUpperCase() }),
        ]
        expect(await store.append(calls)).toMatchObject({ firstSeq: 1, lastSeq: 4, duplicates: [4] })
      })

      it('records each call once when many appends at a time carry the same', async () => {
        const results = await Promise.all(
          Array.from({ length: 40 }, (_, index) => store.append(makeCalls(1 + index * 5, 10))),
        )
        let recorded = 0
        for (const result of results) {
          if (!result.ok) throw new Error(result.message)
          expect(result.firstSeq).toBe(recorded + 1)
          recorded = result.lastSeq
        }
        const rows = await readAll(store)
        expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: recorded }, (_, index) => index + 1))
        expect(new Set(rows.map(({ call }) => call.spanId)).size).toBe(205)
        expect(recorded).toBe(205)
      })

      it('resolves in the order of the seqs', async () => {
        const order: number[] = []
        await Promise.all(
          Array.from({ length: 50 }, async (_, index) => {
            const result = await store.append([makeCall(index)])
            if (result.ok) order.push(result.firstSeq)
          }),
        )
        expect(order).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
      })

      it('takes more calls at once than fit into one block', async () => {
        const calls = makeCalls(1, 5_000)
        const doubled = [...calls, ...calls.slice(2_040, 2_060)]
        const result = await store.append(doubled)
        expect(result).toMatchObject({ firstSeq: 1, lastSeq: 5_000 })
        expect(result.ok && result.duplicates.length).toBe(20)
        expect((await readAll(store)).map(({ call }) => call)).toEqual(calls)
      })

      it('throws and records nothing when an id is not hex', async () => {
        const bad = [makeCall(1), makeCall(2, { traceId: 'g'.repeat(32) })]
        await expect(store.append(bad)).rejects.toThrow('BUG: traceId')
        await expect(store.append([makeCall(1, { spanId: 'ab' })])).rejects.toThrow('BUG: spanId')
        expect(await store.append([makeCall(1)])).toEqual({ ok: true, firstSeq: 1, lastSeq: 1, duplicates: [] })
      })

      it('refuses when the store is closed', async () => {
        await store.close()
        expect(await store.append([makeCall(1)])).toMatchObject({ ok: false, reason: 'unavailable' })
        expect(store.state().health).toBe('closed')
      })
    })

    describe('reads', () => {
      it('give back every field as it was given', async () => {
        const bare = makeCall(7)
        await store.append([fullCall, bare])
        await reopen()
        expect(await readAll(store)).toEqual([
          { seq: 1, call: fullCall },
          { seq: 2, call: bare },
        ])
        expect(await store.getCall(fullCall.traceId, fullCall.spanId)).toEqual(fullCall)
      })

      it('find nothing in an empty store', async () => {
        expect(await readAll(store)).toEqual([])
        expect(await store.searchCalls(newest(10))).toEqual([])
        expect(await store.countCalls(anyCall, 10)).toBe(0)
        expect(await store.getCall(traceIdOf(1), spanIdOf(1))).toBeNull()
        expect(await store.getTrace(traceIdOf(1))).toEqual({ calls: [], nodes: [] })
        expect(await store.aggregate(everyCall)).toEqual([])
        expect(await store.aggregate({ ...everyCall, by: ['model'], stepUs: 1_000_000 })).toEqual([])
      })

      it('readAfter() hands over what follows the seq, and stops when told to', async () => {
        await store.append(makeCalls(1, 2_500))
        expect((await readAll(store, 2_498)).map(({ seq }) => seq)).toEqual([2_499, 2_500])
        expect(await readAll(store, 2_500)).toEqual([])
        expect(await readAll(store, 9_999)).toEqual([])
        let read = 0
        await store.readAfter(0, async (batch) => {
          read += batch.length
          return 'stop' as const
        })
        expect(read).toBeGreaterThan(0)
        expect(read).toBeLessThan(2_500)
      })

      it('searchCalls() answers what the plain search answers, whatever is asked', async () => {
        await store.append(searchedCalls, searchedNodes)
        const stored = searchedCalls.map((call, index) => ({ seq: index + 1, call }))
        const nodes = searchedNodes.map((node, index) => ({ seq: index + 1, node }))
        for (const request of searches) {
          const expected = searchCalls(stored, request, nodes)
          expect(await store.searchCalls(request), JSON.stringify(request)).toEqual(expected)
          const all = searchCalls(stored, { ...request, after: null, offset: 0, limit: 1_000 }, nodes)
          expect(await store.countCalls(request.filter, 1_000)).toBe(all.length)
        }
        expect(await store.countCalls(anyCall, 3)).toBe(3)
      })

      it('searchCalls() answers each call once, page by page, in every order', async () => {
        await store.append(searchedCalls)
        for (const by of sortFields)
          for (const descending of [false, true]) {
            const request = { ...newest(3), sort: { by, descending } }
            const seqs: number[] = []
            for (let after: Place | null = null; ; ) {
              const page: readonly StoredCall[] = await store.searchCalls({ ...request, after })
              seqs.push(...page.map(({ seq }) => seq))
              const last = page.at(-1)
              if (!last) break
              after = placeOf(last, by)
            }
            const whole = await store.searchCalls({ ...request, limit: 1_000 })
            expect(seqs, by).toEqual(whole.map(({ seq }) => seq))
            expect(new Set(seqs).size).toBe(searchedCalls.length)
          }
      })

      it('searchCalls() finds the slowest calls wherever they lie among the others', async () => {
        const calls = Array.from({ length: 400 }, (_, number) => makeCall(number, { latencyMs: (number * 149) % 400 }))
        await store.append(calls)
        const slowest = calls.toSorted((one, other) => other.latencyMs - one.latencyMs)
        for (const limit of [1, 24, 130, 399]) {
          const found = await store.searchCalls({ ...newest(limit), sort: { by: 'latencyMs', descending: true } })
          expect(found.map(({ call }) => call)).toEqual(slowest.slice(0, limit))
        }
      })

      it('getTrace() answers the calls of the trace by start', async () => {
        const later = makeCall(9, { traceId: traceIdOf(1) })
        const sooner = makeCall(3, { traceId: traceIdOf(1) })
        await store.append([later, makeCall(2), sooner])
        expect((await store.getTrace(traceIdOf(1))).calls).toEqual([sooner, later])
        expect(await store.getTrace("' OR 1=1")).toEqual({ calls: [], nodes: [] })
        expect(await store.getCall(traceIdOf(2), 'x')).toBeNull()
      })

      it('aggregate() adds up, finds exact percentiles, groups, orders and limits', async () => {
        await store.append(aggregateCases.calls)
        for (const { request, rows } of aggregateCases.answers)
          expect(await store.aggregate({ ...everyCall, ...request })).toEqual(rows)
      })
    })

    describe('snapshots', () => {
      it('come back after a restart with what was recorded after them', async () => {
        expect(await store.loadSnapshot()).toBeNull()
        await store.append(makeCalls(1, 10))
        expect(await store.saveSnapshot({ seq: 4, snapshot: new Uint8Array([4]) })).toEqual({ ok: true })
        expect(await store.saveSnapshot({ seq: 7, snapshot: new Uint8Array([7, 0, 255]) })).toEqual({ ok: true })
        await reopen()
        const totals = await store.loadSnapshot()
        expect(totals).toEqual({ seq: 7, snapshot: new Uint8Array([7, 0, 255]) })
        expect((await readAll(store, totals?.seq)).map(({ seq }) => seq)).toEqual([8, 9, 10])
      })

      it('cannot hold calls that are not recorded', async () => {
        await expect(store.saveSnapshot({ seq: 1, snapshot: new Uint8Array() })).rejects.toThrow('BUG')
      })
    })
  })
}
