import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCall, makeCalls } from '../sample-calls.cases.ts'
import { readAll } from '../store.cases.ts'
import { openDuckDbStore } from './duckdb-store.ts'
import { dayOf } from './filenames.ts'
import { sourceArguments } from './start-worker.ts'

const root = mkdtempSync(join(tmpdir(), 'inferometer-open-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const freshDir = () => mkdtempSync(join(root, 'data-'))
const callFile = (dir: string) => join(dir, `calls-${dayOf(Date.now())}-a.duckdb`)

/** A directory as a crash leaves it: 300 calls in the file, then 10 times 30 in its log. */
const crashed = freshDir()
beforeAll(async () => {
  const dir = freshDir()
  const first = await openDuckDbStore({ dir })
  await first.append(makeCalls(1, 300))
  await first.close()
  const store = await openDuckDbStore({ dir })
  for (let batch = 0; batch < 10; batch++) await store.append(makeCalls(301 + batch * 30, 30))
  cpSync(dir, crashed, { recursive: true })
  await store.close()
})

function copyCrashed(): string {
  const dir = freshDir()
  cpSync(crashed, dir, { recursive: true })
  return dir
}

function flipByte(path: string, share: number): void {
  const bytes = readFileSync(path)
  const at = Math.floor(bytes.length * share)
  bytes[at] = (bytes[at] ?? 0) ^ 0xff
  writeFileSync(path, bytes)
}

async function openedRows(dir: string) {
  const store = await openDuckDbStore({ dir })
  const rows = (await readAll(store)).map(({ call }) => call)
  const { message, health } = store.state()
  const taken = await store.append([makeCall(9_999)])
  await store.close()
  return { rows, message, health, taken }
}

describe('openDuckDbStore() refuses', () => {
  it('a directory that another process uses, naming it', async () => {
    const dir = freshDir()
    const program = fileURLToPath(new URL('./crash-child.cases.ts', import.meta.url))
    const holder = spawn(process.execPath, [...sourceArguments, program, dir])
    await new Promise((resolve) => holder.stdout.once('data', resolve))
    await expect(openDuckDbStore({ dir })).rejects.toThrow(
      `Cannot open the store in ${dir}: it is in use by process ${holder.pid}`,
    )
    holder.kill('SIGKILL')
    await new Promise((resolve) => holder.once('close', resolve))
    const store = await openDuckDbStore({ dir })
    await store.close()
  })

  it('a directory that this process uses', async () => {
    const dir = freshDir()
    const store = await openDuckDbStore({ dir })
    await expect(openDuckDbStore({ dir: join(dir, '.') })).rejects.toThrow(`it is in use by process ${process.pid}`)
    await store.close()
    await (await openDuckDbStore({ dir })).close()
  })

  it('a path that is no directory', async () => {
    const path = join(freshDir(), 'file')
    writeFileSync(path, '')
    await expect(openDuckDbStore({ dir: path })).rejects.toThrow(`Cannot open the store in ${path}: `)
    await expect(openDuckDbStore({ dir: join(path, 'below') })).rejects.toThrow('Cannot open the store in')
  })

  it('a file of a newer version, and leaves it as it is', async () => {
    const dir = copyCrashed()
    const instance = await DuckDBInstance.create(callFile(dir))
    const connection = await instance.connect()
    await connection.run('INSERT INTO schema_version VALUES (99)')
    connection.closeSync()
    instance.closeSync()
    await expect(openDuckDbStore({ dir })).rejects.toThrow(/it was written by a newer version \(schema 99/)
    expect(readdirSync(dir).filter((name) => name.includes('damaged'))).toEqual([])
  })
})

describe('openDuckDbStore() goes on', () => {
  it('with everything acknowledged when a crash left a log', async () => {
    expect(await openedRows(copyCrashed())).toMatchObject({
      rows: makeCalls(1, 600),
      message: null,
      taken: { ok: true, firstSeq: 601 },
    })
  })

  it('with everything before a torn end of the log', async () => {
    const dir = copyCrashed()
    const wal = `${callFile(dir)}.wal`
    truncateSync(wal, readFileSync(wal).length - 10)
    expect(await openedRows(dir)).toMatchObject({ rows: makeCalls(1, 570), message: null, taken: { ok: true } })
  })

  it('with everything before a broken entry of the log, and keeps the whole log aside', async () => {
    const dir = copyCrashed()
    const wal = `${callFile(dir)}.wal`
    flipByte(wal, 0.55)
    const bytes = readFileSync(wal)
    const { rows, message, health, taken } = await openedRows(dir)
    expect(rows.length).toBeGreaterThanOrEqual(300 + 4 * 30)
    expect(rows).toEqual(makeCalls(1, rows.length))
    expect({ health, taken }).toMatchObject({ health: 'ok', taken: { ok: true } })
    expect(message).toMatch(/the log .* was damaged at byte \d+ and was cut there/)
    const kept = readdirSync(dir).find((name) => name.includes('.wal.damaged-')) ?? ''
    expect(readFileSync(join(dir, kept)).equals(bytes)).toBe(true)
  })

  it.each([
    ['not a database', (path: string) => writeFileSync(path, 'garbage'.repeat(1_000))],
    ['empty', (path: string) => truncateSync(path, 0)],
    ['cut', (path: string) => truncateSync(path, 20_000)],
    ['changed in the header', (path: string) => flipByte(path, 0.001)],
  ])('without a file of calls that is %s, and keeps it aside', async (_, damage) => {
    const dir = copyCrashed()
    damage(callFile(dir))
    const { rows, message, health, taken } = await openedRows(dir)
    expect(rows).toEqual([])
    expect(message).toContain('was damaged and is now')
    expect({ health, taken }).toMatchObject({ health: 'ok', taken: { ok: true } })
    expect(readdirSync(dir).filter((name) => name.includes('.damaged-'))).not.toEqual([])
  })

  it('without a file that was closed well and is damaged inside, once its ids are read', async () => {
    const dir = freshDir()
    const first = await openDuckDbStore({ dir })
    await first.append(makeCalls(1, 30_000))
    await first.close()
    const bytes = readFileSync(callFile(dir))
    // Far from the headers, and from the catalogue at the end.
    bytes.fill(0x55, Math.floor(bytes.length * 0.1), Math.floor(bytes.length * 0.6))
    writeFileSync(callFile(dir), bytes)
    const store = await openDuckDbStore({ dir })
    for (let tries = 0; tries < 200; tries++) {
      if ((await store.append([makeCall(99_999)])).ok) break
      await sleep(50)
    }
    expect(store.state()).toMatchObject({
      health: 'ok',
      rows: 1,
      message: expect.stringMatching(/was damaged and is now/),
    })
    await store.close()
  })

  it('when the lock file is damaged, for there is nothing in it', async () => {
    const dir = copyCrashed()
    writeFileSync(join(dir, 'store.duckdb'), 'garbage'.repeat(1_000))
    expect((await openedRows(dir)).rows).toEqual(makeCalls(1, 600))
  })
})
