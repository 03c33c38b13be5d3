import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { makeCall } from '../sample-calls.cases.ts'
import { readAll } from '../store.cases.ts'
import { openDuckDbStore } from './duckdb-store.ts'
import { sourceArguments } from './start-worker.ts'

const dir = mkdtempSync(join(tmpdir(), 'inferometer-crash-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
const child = fileURLToPath(new URL('./crash-child.cases.ts', import.meta.url))

interface Run {
  readonly appended: readonly { from: number; count: number; firstSeq: number; lastSeq: number }[]
  readonly countedAtStart: number
}

/** Runs the child until it has acknowledged something, and kills it at a moment nobody chose. */
async function runAndKill(firstNumber: number, checkpointAtWalBytes: number): Promise<Run> {
  const running = spawn(process.execPath, [...sourceArguments, child, dir, `${firstNumber}`, `${checkpointAtWalBytes}`])
  let out = ''
  let errors = ''
  running.stdout.on('data', (data) => {
    out += data
  })
  running.stderr.on('data', (data) => {
    errors += data
  })
  const ended = new Promise((resolve) => running.once('close', resolve))
  const deadline = Date.now() + 15_000
  while (!out.includes('appended') && running.exitCode === null && Date.now() < deadline) await sleep(10)
  await sleep(50 + Math.random() * 400)
  running.kill('SIGKILL')
  await ended
  expect(errors).toBe('')
  // The last line may be cut.
  const lines = out.slice(0, out.lastIndexOf('\n')).split('\n')
  const numbers = (line: string) => line.split(' ').slice(1).map(Number)
  const appended = lines
    .filter((line) => line.startsWith('appended'))
    .map(numbers)
    .map(([from = 0, count = 0, firstSeq = 0, lastSeq = 0]) => ({ from, count, firstSeq, lastSeq }))
  return { appended, countedAtStart: numbers(lines.find((line) => line.startsWith('counted')) ?? '')[0] ?? -1 }
}

it('openDuckDbStore() has every acknowledged call exactly once and whole when the process is killed again and again', async () => {
  let firstNumber = 1
  let acknowledged = 0
  let rowsBefore = 0
  for (let kill = 0; kill < 5; kill++) {
    // Every other run checkpoints all the time, so that kills fall into checkpoints as well.
    const run = await runAndKill(firstNumber, kill % 2 === 0 ? 2 ** 16 : 2 ** 30)
    expect(run.appended.length).toBeGreaterThan(0)
    expect(run.countedAtStart).toBe(rowsBefore)

    const store = await openDuckDbStore({ dir })
    const rows = await readAll(store)
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1))
    const bySpan = new Map(rows.map((row) => [row.call.spanId, row]))
    expect(bySpan.size).toBe(rows.length)
    for (const { from, count, firstSeq } of run.appended) {
      acknowledged += count
      for (let index = 0; index < count; index++) {
        const call = makeCall(from + index)
        expect(bySpan.get(call.spanId)).toEqual({ seq: firstSeq + index, call })
      }
    }
    // What is there beyond the acknowledged calls is whole batches as well.
    expect(rows.length % 50).toBe(0)
    expect(rows.length).toBeGreaterThanOrEqual(acknowledged)

    const totals = await store.loadSnapshot()
    if (totals) expect(Number(Buffer.from(totals.snapshot).toString())).toBe(totals.seq)
    await store.close()
    rowsBefore = rows.length
    firstNumber = 1 + Math.max(...rows.map(({ call }) => Number.parseInt(call.spanId, 16)))
  }
}, 120_000)
