import { makeCall } from '../sample-calls.cases.ts'
import { openDuckDbStore } from './duckdb-store.ts'

/**
 * The process that the crash test kills. It appends batches as fast as it can, three at a time, and tells each that was
 * acknowledged on a line of its own, `from count firstSeq`; calls of an earlier batch are mixed in. It keeps totals as
 * store.ts says and saves them now and then.
 */
const [dir = '', firstNumber = '1', checkpointAtWalBytes = '0'] = process.argv.slice(2)
const store = await openDuckDbStore({ dir, checkpointAtWalBytes: Number(checkpointAtWalBytes) })
const batchCalls = 50
let next = Number(firstNumber)

let counted = 0
let applied = 0
const totals = await store.loadSnapshot()
if (totals) {
  counted = Number(Buffer.from(totals.snapshot).toString())
  applied = totals.seq
}
await store.readAfter(applied, (batch) => {
  counted += batch.length
  applied = batch.at(-1)?.seq ?? applied
})
process.stdout.write(`counted ${counted} ${applied}\n`)

async function appendBatches(): Promise<void> {
  for (;;) {
    const from = next
    next += batchCalls
    const calls = Array.from({ length: batchCalls }, (_, index) => makeCall(from + index))
    const result = await store.append([...calls, makeCall(Math.max(1, from - 120))])
    if (!result.ok) throw new Error(result.message)
    if (result.firstSeq !== applied + 1) throw new Error(`gap: ${result.firstSeq} after ${applied}`)
    counted += result.lastSeq - result.firstSeq + 1
    applied = result.lastSeq
    process.stdout.write(`appended ${from} ${batchCalls} ${result.firstSeq} ${result.lastSeq}\n`)
    if (from % 7 === 0) void store.saveSnapshot({ seq: applied, snapshot: Buffer.from(String(counted)) })
  }
}
await Promise.all([appendBatches(), appendBatches(), appendBatches()])
