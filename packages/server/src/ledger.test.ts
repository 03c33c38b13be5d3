import { createCall, type LlmCall } from '@inferometer/core/call'
import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import { type Ledger, openLedger, type Totals } from './ledger.ts'
import { createMemoryDisk, createMemoryStore } from './store/memory.ts'

const logger = pino({ level: 'silent' })
let nextSpan = 1

function createCalls(count: number): LlmCall[] {
  return Array.from({ length: count }, () =>
    createCall({
      traceId: 'b'.repeat(32),
      spanId: (nextSpan++).toString(16).padStart(16, '0'),
      serviceName: 's',
      operation: 'chat',
      provider: 'p',
      startTimeUs: 1_780_000_000_000_000,
      latencyMs: 1,
      source: 'rest',
    }),
  )
}

/** Totals that remember each call by its id, so that one counted twice or never is seen. */
function createIdTotals() {
  const counted: string[] = []
  let recovered = 0
  const totals: Totals = {
    count: (call) => void counted.push(call.spanId),
    countRecovered: (call) => {
      recovered++
      counted.push(call.spanId)
    },
    take: () => new TextEncoder().encode(JSON.stringify(counted)),
    restore(snapshot) {
      const text = new TextDecoder().decode(snapshot)
      if (!text.startsWith('[')) return { ok: false, why: 'cannot be read' }
      counted.push(...JSON.parse(text))
      return { ok: true }
    },
  }
  return { totals, counted, recovered: () => recovered }
}

const open: Ledger[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((ledger) => ledger.close()))
})

async function openTestLedger(disk = createMemoryDisk(), snapshotCalls = 1_000_000) {
  const kept = createIdTotals()
  const ledger = await openLedger({ store: createMemoryStore(disk), totals: kept.totals, logger, snapshotCalls })
  open.push(ledger)
  return { ledger, disk, ...kept }
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('openLedger', () => {
  test('record() counts each call once when calls repeat within an append and between appends', async () => {
    const { ledger, counted } = await openTestLedger()
    const [first, second, third] = createCalls(3)
    if (!first || !second || !third) throw new Error('BUG: three calls')
    await ledger.record([first, first, second])
    await ledger.record([second, third])
    expect(counted).toEqual([first.spanId, second.spanId, third.spanId])
  })

  test('openLedger() counts the calls after the snapshot when the process died before the next one', async () => {
    const disk = createMemoryDisk()
    const before = await openTestLedger(disk, 10)
    const calls = createCalls(25)
    await before.ledger.record(calls.slice(0, 10))
    await turn()
    expect(disk.snapshot?.seq).toBe(10)
    await before.ledger.record(calls.slice(10, 19))
    await turn()
    expect(disk.snapshot?.seq).toBe(10)

    const after = await openTestLedger({ calls: [...disk.calls], nodes: [], snapshot: disk.snapshot })
    expect(after.recovered()).toBe(9)
    await after.ledger.record(calls.slice(15))
    expect(after.counted).toEqual(calls.map(({ spanId }) => spanId))
  })

  test('openLedger() counts nothing again when the one before was closed', async () => {
    const disk = createMemoryDisk()
    const before = await openTestLedger(disk)
    const calls = createCalls(7)
    await before.ledger.record(calls)
    await before.ledger.close()
    const after = await openTestLedger(disk)
    expect([after.recovered(), after.counted.length]).toEqual([0, 7])
  })

  test('openLedger() counts everything again when the snapshot cannot be read', async () => {
    const disk = createMemoryDisk()
    const before = await openTestLedger(disk)
    await before.ledger.record(createCalls(5))
    await before.ledger.close()
    disk.snapshot = { seq: 5, snapshot: new Uint8Array([1, 2, 3]) }
    const after = await openTestLedger(disk)
    expect([after.recovered(), after.counted.length]).toEqual([5, 5])
  })

  test('close() waits for what was handed over', async () => {
    const disk = createMemoryDisk()
    const { ledger, counted } = await openTestLedger(disk)
    const results = Array.from({ length: 20 }, () => ledger.record(createCalls(3)))
    await ledger.close()
    expect(counted.length).toBe(60)
    expect(disk.snapshot?.seq).toBe(60)
    await Promise.all(results)
  })

  test('record() counts nothing when the store refuses', async () => {
    const { totals, counted } = createIdTotals()
    const refusal = { ok: false, reason: 'overloaded', message: 'full', retryAfterMs: 100 } as const
    const store = { ...createMemoryStore(), append: async () => refusal }
    const ledger = await openLedger({ store, totals, logger })
    expect(await ledger.record(createCalls(2))).toEqual(refusal)
    expect(counted).toEqual([])
    await ledger.close()
  })

  test('record() throws when the store leaves a gap', async () => {
    const { totals } = createIdTotals()
    const store = {
      ...createMemoryStore(),
      append: async () => ({ ok: true, firstSeq: 5, lastSeq: 5, duplicates: [] }) as const,
      saveSnapshot: async () => ({ ok: true }) as const,
    }
    const ledger = await openLedger({ store, totals, logger })
    await expect(ledger.record(createCalls(1))).rejects.toThrow('BUG: call 5 was recorded after call 0')
    await ledger.close()
  })
})
