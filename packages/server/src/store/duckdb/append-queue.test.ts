import { expect, it } from 'vitest'
import { makeCall, makeCalls } from '../sample-calls.cases.ts'
import type { AppendResult } from '../store.ts'
import { AppendQueue } from './append-queue.ts'
import type { Page } from './page.ts'

const limits = { maxRows: 100, maxBytes: 2 ** 20 }

function createQueue(queueLimits = limits) {
  const sent: (readonly Page[])[] = []
  const queue = new AppendQueue(queueLimits, (pages) => sent.push(pages))
  const rowsOf = (commit: number) => sent[commit]?.reduce((sum, { rows }) => sum + rows, 0)
  const settle = (commit: number, firstSeq: number, duplicates: readonly number[] = []) => {
    const recorded = (rowsOf(commit) ?? 0) - duplicates.length
    queue.settle({
      kind: 'committed',
      firstSeq,
      recorded,
      duplicates,
      nodes: 0,
      commitMs: 1,
      diskBytes: 0,
      pages: sent[commit] ?? [],
    })
  }
  return { queue, sent, rowsOf, settle }
}

it('append() sends at once while the worker has room, then collects one group', async () => {
  const { queue, sent, rowsOf, settle } = createQueue()
  const results = [1, 2, 3, 4, 5].map((number) => queue.append([makeCall(number)]))
  expect(sent.length).toBe(2)
  settle(0, 1)
  expect(sent.length).toBe(3)
  expect(rowsOf(2)).toBe(3)
  settle(1, 2)
  settle(2, 3)
  expect((await Promise.all(results)).map((result) => result.ok && result.firstSeq)).toEqual([1, 2, 3, 4, 5])
  expect(queue.rows).toBe(0)
  expect(queue.bytes).toBe(0)
})

it('settle() tells each append its own duplicates and seqs', async () => {
  const { queue, settle } = createQueue()
  const first = [queue.append([makeCall(1)]), queue.append([makeCall(2)])]
  const grouped = [
    queue.append(makeCalls(3, 3)),
    queue.append(makeCalls(6, 2)),
    queue.append([]),
    queue.append(makeCalls(8, 2)),
  ]
  settle(0, 1)
  settle(1, 2)
  settle(2, 3, [0, 2, 3, 4, 6])
  await Promise.all(first)
  expect(await Promise.all(grouped)).toEqual([
    { ok: true, firstSeq: 3, lastSeq: 3, duplicates: [0, 2] },
    { ok: true, firstSeq: 4, lastSeq: 3, duplicates: [0, 1] },
    { ok: true, firstSeq: 4, lastSeq: 3, duplicates: [] },
    { ok: true, firstSeq: 4, lastSeq: 4, duplicates: [1] },
  ])
})

it('append() refuses as overloaded when rows or bytes wait beyond the limit, and takes more after a commit', async () => {
  const { queue, settle } = createQueue()
  const taken = queue.append(makeCalls(1, 150))
  expect(await queue.append([makeCall(200)])).toMatchObject({ ok: false, reason: 'overloaded' })
  settle(0, 1)
  expect((await taken).ok).toBe(true)
  void queue.append([makeCall(200, { errorMessage: 'x'.repeat(2 ** 20) })])
  expect(queue.rows).toBe(1)
  expect(await queue.append([makeCall(201)])).toMatchObject({ ok: false, reason: 'overloaded' })
})

it('refuseAll() refuses what was sent and what was not, and resume() goes on', async () => {
  const { queue, sent } = createQueue()
  const results: Promise<AppendResult>[] = [1, 2, 3].map((number) => queue.append([makeCall(number)]))
  const refusal = { ok: false, reason: 'unavailable', message: 'gone', retryAfterMs: 1 } as const
  queue.refuseAll(refusal)
  expect(await Promise.all(results)).toEqual([refusal, refusal, refusal])
  expect(queue.rows).toBe(0)
  queue.resume()
  void queue.append([makeCall(4)])
  expect(sent.length).toBe(3)
})

it('a call that breaks the contract leaves the group as it was', async () => {
  const { queue, settle, sent } = createQueue({ maxRows: 10_000, maxBytes: 2 ** 30 })
  const results = [queue.append([makeCall(1)]), queue.append([makeCall(2)]), queue.append(makeCalls(3, 2))]
  expect(() => queue.append([...makeCalls(5, 3_000), makeCall(1, { latencyMs: Number.NaN })])).toThrow('BUG: latencyMs')
  expect(() => queue.append([makeCall(1, { inputTokens: 1.5 })])).toThrow('BUG: inputTokens is 1.5, not an integer')
  results.push(queue.append([makeCall(9)]))
  settle(0, 1)
  settle(1, 2)
  expect(sent[2]?.map(({ rows }) => rows)).toEqual([3])
  settle(2, 3)
  expect((await Promise.all(results)).map((result) => result.ok && result.lastSeq)).toEqual([1, 2, 4, 5])
})
