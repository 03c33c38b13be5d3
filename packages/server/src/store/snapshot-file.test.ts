import { mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readSnapshot, type SnapshotPaths, writeSnapshot } from './snapshot-file.ts'

let dir: string
let paths: SnapshotPaths
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'inferometer-snapshot-'))
  paths = { current: join(dir, 'current'), previous: join(dir, 'previous'), unfinished: join(dir, 'unfinished') }
})
afterEach(() => rmSync(dir, { recursive: true }))

const totals = (seq: number) => ({ seq, snapshot: new Uint8Array([seq, 0, 255]) })

it('readSnapshot() is null when there is none', async () => {
  expect(await readSnapshot(paths)).toBeNull()
})

it('readSnapshot() takes the one before when the newest is damaged', async () => {
  await writeSnapshot(paths, totals(1))
  await writeSnapshot(paths, totals(2))
  expect(await readSnapshot(paths)).toEqual(totals(2))
  const whole = readFileSync(paths.current)
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole)
    damaged[at] = (damaged[at] ?? 0) ^ 1
    writeFileSync(paths.current, damaged)
    expect(await readSnapshot(paths)).toEqual(totals(1))
  }
  truncateSync(paths.current, 10)
  expect(await readSnapshot(paths)).toEqual(totals(1))
})

it('readSnapshot() takes the newest when a crash came between the renames', async () => {
  await writeSnapshot(paths, totals(1))
  await writeSnapshot(paths, totals(2))
  renameSync(paths.current, paths.unfinished)
  expect(await readSnapshot(paths)).toEqual(totals(2))
})

it('writeSnapshot() keeps large seqs and empty snapshots', async () => {
  const large = { seq: Number.MAX_SAFE_INTEGER, snapshot: new Uint8Array() }
  await writeSnapshot(paths, large)
  expect(await readSnapshot(paths)).toEqual(large)
})
