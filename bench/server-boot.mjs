// How long a start takes after a kill with many calls in the store (from spawn to ready, and to the counters being restored), what the
// dashboards' kind of queries take, and the bytes of a call on disk. One million calls; BENCH_CALLS=10000000 for ten.
// Prints a table and a JSON line.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeCalls } from './typical-calls.mjs'
import { quantile, readMetrics } from './spawn-server.mjs'

const totalCalls = Number(process.env.BENCH_CALLS ?? 1_000_000)
const days = 30
const dayMs = 86_400_000
const batchCalls = 2_000
const atATime = 4
const repeats = 7
