import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LlmCall } from '@inferometer/core/call'
import { afterAll, expect, it, vi } from 'vitest'
import { makeCalls } from '../sample-calls.cases.ts'
import { newest } from '../search.cases.ts'
import { readAll } from '../store.cases.ts'
import type { CallStore } from '../store.ts'
import { openDuckDbStore } from './duckdb-store.ts'

/** A read of this many calls makes the next checkpoint fail as it does when the disk breaks in the middle of it. */
const breakingLimit = 666
vi.mock(import('./search-query.ts'), async (importOriginal) => {
  const original = await importOriginal()
  return {
    ...original,
    searchQuery: (request) =>
      request.limit === breakingLimit
        ? { sql: "SET GLOBAL debug_checkpoint_abort = 'before_header'", values: [] }
        : original.searchQuery(request),
  }
})

const dir = mkdtempSync(join(tmpdir(), 'inferometer-worker-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** Sends the same calls until they are taken, as a client does. */
async function appendUntilTaken(store: CallStore, calls: readonly LlmCall[]) {
  for (let tries = 0; tries < 200; tries++) {
    const result = await store.append(calls)
    if (result.ok) return result
    await sleep(50)
  }
  throw new Error(`the store did not come back: ${store.state().message}`)
}

it('openDuckDbStore() opens the files again when the database breaks, with what it acknowledged and nothing it refused', async () => {
  const store = await openDuckDbStore({ dir, checkpointAtWalBytes: 2 ** 18 })
  let next = 1
  for (let breaks = 0; breaks < 2; breaks++) {
    await store.searchCalls(newest(breakingLimit))
    // Several at a time, so that some are refused that were sent already.
    let isBroken = false
    const appendAll = async () => {
      while (!isBroken) {
        const calls = makeCalls(next, 200)
        next += 200
        expect((await appendUntilTaken(store, calls)).duplicates).toEqual([])
      }
    }
    const appending = Promise.all([appendAll(), appendAll(), appendAll()])
    while (store.state().health === 'ok') await sleep(5)
    isBroken = true
    expect(store.state()).toMatchObject({ health: 'unavailable', message: expect.stringMatching(/checkpoint/i) })
    expect(await store.append(makeCalls(1, 1))).toMatchObject({ ok: false, reason: 'unavailable' })
    // A read in between is answered by the next worker.
    expect((await store.searchCalls(newest(1))).length).toBe(1)
    await appending
  }
  const rows = await readAll(store)
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1))
  const numbers = rows.map(({ call }) => call.latencyMs - 100).sort((one, other) => one - other)
  expect(numbers).toEqual(Array.from({ length: next - 1 }, (_, index) => index + 1))
  expect(store.state()).toMatchObject({ health: 'ok', message: null, rows: next - 1, lastSeq: next - 1 })
  await store.close()
}, 60_000)
