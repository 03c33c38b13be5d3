import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { sourceArguments } from '../store/duckdb/start-worker.ts'
import { openDestination, readCalls } from './local-destination.cases.ts'

const child = fileURLToPath(new URL('./kill-child.cases.ts', import.meta.url))
const kills = 4

/** Kills the child at a moment nobody chose, unless it is to end by itself. Answers the last number it acknowledged. */
async function run(args: readonly string[], isKilled: boolean): Promise<number> {
  const running = spawn(process.execPath, [...sourceArguments, child, ...args])
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
  while (isKilled && out === '' && running.exitCode === null && Date.now() < deadline) await sleep(5)
  if (isKilled) await sleep(Math.random() * 400)
  if (isKilled) running.kill('SIGKILL')
  await ended
  expect(errors).toBe('')
  // The last line may be cut.
  return Math.max(
    0,
    ...out
      .slice(0, out.lastIndexOf('\n') + 1)
      .split('\n')
      .map(Number),
  )
}

it('openForwarder() brings every acknowledged call at least once when the process is killed again and again', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'forward-kill-'))
  const destination = await openDestination()
  // Every third answer is no, and every fifth takes a while: kills fall into each kind of moment.
  destination.reply = async () => {
    const turn = destination.requests.length
    if (turn % 5 === 0) await sleep(50)
    return { status: turn % 3 === 0 ? 503 : 200 }
  }
  let acknowledged = 0
  for (let kill = 0; kill < kills; kill++) {
    // Numbers that were appended and not acknowledged are appended again: the store knows them.
    acknowledged = await run([dir, destination.url, `${acknowledged + 1}`], true)
    expect(acknowledged).toBeGreaterThan(0)
  }
  destination.reply = () => ({ status: 200 })
  await run([dir, destination.url, '0', 'drain'], false)
  const arrived = readCalls(destination.taken).map(({ spanId }) => Number.parseInt(spanId, 16))
  const distinct = new Set(arrived)
  for (let number = 1; number <= acknowledged; number++) expect(distinct.has(number)).toBe(true)
  console.log(
    `${kills} kills: ${acknowledged} calls acknowledged, ${arrived.length - distinct.size} brought more than once`,
  )
  await destination.close()
  rmSync(dir, { recursive: true, force: true })
}, 90_000)
