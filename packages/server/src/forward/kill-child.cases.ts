/** The process that the kill test kills: appends and forwards as fast as it can, and tells what was acknowledged. */
import pino from 'pino'
import { openDuckDbStore } from '../store/duckdb/duckdb-store.ts'
import { makeCalls } from '../store/sample-calls.cases.ts'
import { openForwarder } from './forwarder.ts'

const [dir = '', endpoint = '', firstNumber = '1', mode = 'append'] = process.argv.slice(2)
const store = await openDuckDbStore({ dir: `${dir}/store` })
const none = { add: () => undefined }
const forwarder = await openForwarder({
  destinations: { traces: { endpoint, headers: {} } },
  calls: store,
  listSamples: () => [],
  labels: [],
  dir: `${dir}/forward`,
  version: '0',
  counters: { forwarded: none, forwardFailed: none, forwardPoisoned: none },
  logger: pino({ level: 'silent' }),
  now: Date.now,
  pacing: { pollMs: 5, saveMs: 20, backoff: { firstMs: 5, longestMs: 20 } },
})
for (let next = Number(firstNumber); mode === 'append'; next += 50) {
  const result = await store.append(makeCalls(next, 50))
  if (!result.ok) throw new Error(result.message)
  process.stdout.write(`${next + 49}\n`)
}
await forwarder.close(10_000)
await store.close()
