import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LlmCall } from '@inferometer/core/call'
import { afterEach, beforeEach, expect, it, type TestContext } from 'vitest'
import { makeCall } from '../sample-calls.cases.ts'
import { readAll } from '../store.cases.ts'
import type { CallStore, Refusal } from '../store.ts'
import { openDuckDbStore } from './duckdb-store.ts'
import { mountTinyDisk, type TinyDisk } from './tiny-disk.cases.ts'

let root: string
let disk: TinyDisk | undefined
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'inferometer-disk-'))
})
afterEach(() => {
  disk?.remove()
  disk = undefined
  rmSync(root, { recursive: true, force: true })
})

function mountOrSkip(context: TestContext): TinyDisk {
  const mounted = mountTinyDisk(root, 24)
  if ('whyNot' in mounted) {
    console.log(`skipped: ${mounted.whyNot}`)
    return context.skip(mounted.whyNot)
  }
  disk = mounted
  return mounted
}

/** Random text, because the disk would hold a million calls of which one is like the other. */
const makeBulkyCalls = (from: number): LlmCall[] =>
  Array.from({ length: 200 }, (_, index) => makeCall(from + index, { responseId: randomBytes(500).toString('hex') }))

/** Appends until the store refuses; answers what it did not. */
async function fill(store: CallStore): Promise<{ calls: LlmCall[]; refusal: Refusal }> {
  const calls: LlmCall[] = []
  for (;;) {
    const batch = makeBulkyCalls(calls.length)
    const result = await store.append(batch)
    if (!result.ok) return { calls, refusal: result }
    calls.push(...batch)
  }
}

async function appendUntilTaken(store: CallStore, calls: readonly LlmCall[]): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    const result = await store.append(calls)
    if (result.ok) {
      expect(result.duplicates).toEqual([])
      return
    }
    await sleep(300)
  }
  throw new Error(`the store did not recover: ${store.state().message}`)
}

it('append() refuses with disk_full when the disk is full, keeps what it acknowledged, and goes on when there is room', async (context) => {
  mountOrSkip(context)
  const ballast = join(root, 'ballast')
  writeFileSync(ballast, Buffer.alloc(8 * 2 ** 20))
  const dir = join(root, 'data')
  // Small, so that the disk runs full between checkpoints as well as in a commit.
  const store = await openDuckDbStore({ dir, checkpointAtWalBytes: 2 ** 20 })
  const { calls, refusal } = await fill(store)
  expect(refusal).toMatchObject({ reason: 'disk_full', message: expect.stringMatching(/no space left/i) })
  expect(refusal.retryAfterMs).toBeGreaterThan(0)
  expect(store.state().health).toBe('disk_full')
  expect((await readAll(store)).length).toBe(calls.length)

  rmSync(ballast)
  const later = makeBulkyCalls(calls.length)
  await appendUntilTaken(store, later)
  expect(store.state()).toMatchObject({ health: 'ok', message: null, rows: calls.length + later.length })
  await store.close()

  const reopened = await openDuckDbStore({ dir })
  const rows = await readAll(reopened)
  expect(rows.map(({ call }) => call)).toEqual([...calls, ...later])
  expect(rows.at(-1)?.seq).toBe(rows.length)
  await reopened.close()
}, 60_000)

it('openDuckDbStore() says why when the disk is read-only', async (context) => {
  const mounted = mountOrSkip(context)
  mounted.makeReadOnly()
  await expect(openDuckDbStore({ dir: root })).rejects.toThrow(
    new RegExp(`^Cannot open the store in ${root}: .*read-only file system`, 'i'),
  )
})
