// A start after a kill with many calls in the store: until it is ready with its counters restored, and until it takes calls again
// (their ids are loaded beside); then what the dashboards' kind of queries take, and the bytes of a call on disk. Ten million calls over
// thirty days, others with BENCH_CALLS. Prints a table and a JSON line.
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { quantile, readMetrics } from './spawn-server.mjs'
import { makeTypicalCall } from './typical-calls.mjs'

const server = (path) => import(new URL(`../packages/server/dist/store/${path}`, import.meta.url).href)
const { openDuckDbStore } = await server('duckdb/duckdb-store.js')
const { snapshotPaths } = await server('duckdb/filenames.js')
const { readSnapshot, writeSnapshot } = await server('snapshot-file.js')

const totalCalls = Number(process.env.BENCH_CALLS ?? 10_000_000)
const days = 30
const callsPerDay = Math.ceil(totalCalls / days)
/** Recorded after the last snapshot: what a kill leaves to be counted. */
const callsAfterSnapshot = 5_000
const repeats = 5
const dayMs = 86_400_000
const nowMs = Date.now()
const dayOf = (daysAgo) => new Date(nowMs - daysAgo * dayMs).toISOString().slice(0, 10)

const dataDir = await mkdtemp(join(tmpdir(), 'inferometer-bench-'))
const dir = join(dataDir, 'store')

async function spawnOn(folder) {
  const startedMs = performance.now()
  const child = fork(fileURLToPath(new URL('./server-process.mjs', import.meta.url)), [folder, 'nowhere'])
  process.once('exit', () => child.kill('SIGKILL'))
  const [{ addresses }] = await once(child, 'message')
  const readyMs = performance.now() - startedMs
  const end = async (signal) => {
    if (signal) child.kill(signal)
    else child.send('stop')
    await once(child, 'exit')
  }
  return { addresses, readyMs, end }
}

/** One day of calls through the store and once through the server, which saves the totals. */
async function recordOneDay() {
  const store = await openDuckDbStore({ dir })
  for (let from = 0; from < callsPerDay; from += 2_000) {
    const count = Math.min(2_000, callsPerDay - from)
    const startOf = (index) => Math.round(nowMs - days * dayMs + (dayMs * index) / callsPerDay) * 1_000
    const calls = Array.from({ length: count }, (_, index) => makeTypicalCall(from + index, startOf(from + index)))
    const result = await store.append(calls)
    if (!result.ok) throw new Error(result.message)
  }
  await store.close()
  await (await spawnOn(dataDir)).end()
}

/** The same day again and again with other ids, in files of their own, and the totals moved behind the last of them. */
async function repeatDays() {
  for (const name of await readdir(dir)) {
    const day = /\d{4}-\d\d-\d\d/.exec(name)?.[0]
    if (day) await rename(join(dir, name), join(dir, name.replace(day, dayOf(days - 1))))
  }
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  const firstFiles = (await readdir(dir)).filter((name) => name.startsWith('calls-') && name.endsWith('.duckdb'))
  for (const [index, name] of firstFiles.entries())
    await connection.run(`ATTACH '${join(dir, name)}' AS day_${index} (READ_ONLY)`)
  const template = firstFiles.map((_, index) => `SELECT * FROM day_${index}.calls`).join(' UNION ALL ')
  const { columns } = await (await connection.runAndReadAll(`DESCRIBE ${template}`))
    .getRowObjects()
    .reduce((found, { column_name: name, column_type: type }) => ({ columns: [...found.columns, `${name} ${type}`] }), {
      columns: [],
    })
  for (let number = 1; number < days; number++) {
    const later = `(seq + ${number * callsPerDay}) AS seq, uuid() AS trace_id, hash(uuid()) AS span_id, (start_time + INTERVAL ${number} DAY) AS start_time`
    await connection.run(`ATTACH '${join(dir, `calls-${dayOf(days - 1 - number)}-a.duckdb`)}' AS day`)
    await connection.run('CREATE TABLE day.schema_version AS SELECT * FROM day_0.schema_version')
    await connection.run('CREATE TABLE day.nodes AS SELECT * FROM day_0.nodes LIMIT 0')
    await connection.run(`CREATE TABLE day.calls (${columns.join(', ')})`)
    await connection.run(`INSERT INTO day.calls SELECT * REPLACE (${later}) FROM (${template}) ORDER BY seq`)
    await connection.run('CHECKPOINT day')
    await connection.run('DETACH day')
  }
  connection.closeSync()
  instance.closeSync()
  const totals = await readSnapshot(snapshotPaths(dir))
  for (let copy = 0; copy < 2; copy++) await writeSnapshot(snapshotPaths(dir), { ...totals, seq: callsPerDay * days })
}

async function record(addresses, count) {
  const spans = Array.from({ length: count }, (_, index) => ({
    model: 'gpt-4o',
    provider: 'openai',
    service_name: `service-${index % 7}`,
    prompt_tokens: 10,
    completion_tokens: 10,
    latency_ms_total: 100,
    status: 'success',
    trace_id: randomBytes(16).toString('hex'),
    span_id: randomBytes(8).toString('hex'),
  }))
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ spans })
  const answer = await fetch(`${addresses.api}/v1/metrics/record-batch`, { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(`the server answered ${answer.status}: ${await answer.text()}`)
}

const queries = {
  latencyByModelPerMinuteLastHour: {
    measures: ['latency_ms_total_p50', 'latency_ms_total_p95', 'latency_ms_total_p99'],
    group_by: ['model'],
    since: '1h',
    step: '1m',
  },
  latencyByModelPer5MinutesLastDay: {
    measures: ['latency_ms_total_p50', 'latency_ms_total_p95', 'latency_ms_total_p99'],
    group_by: ['model'],
    since: '24h',
    step: '5m',
  },
  latencyByModelPerHourAll: {
    measures: ['latency_ms_total_p50', 'latency_ms_total_p95', 'latency_ms_total_p99'],
    group_by: ['model'],
    step: '1h',
  },
  latencyByModelAll: {
    measures: ['latency_ms_total_p50', 'latency_ms_total_p95', 'latency_ms_total_p99'],
    group_by: ['model'],
  },
  costByServiceLastDay: { measures: ['cost_usd_micro'], group_by: ['service_name'], since: '24h' },
  costByServiceAll: { measures: ['cost_usd_micro'], group_by: ['service_name'] },
  costByUserTop20All: { measures: ['cost_usd_micro'], group_by: ['user_id'], limit: 20 },
  topErrorsLastDay: { measures: ['errors'], group_by: ['error_type', 'model'], since: '24h', limit: 20 },
  topErrorsAll: { measures: ['errors'], group_by: ['error_type', 'model'], limit: 20 },
}

async function timeQueries({ api }) {
  const times = {}
  for (const [name, query] of Object.entries(queries)) {
    const runs = []
    for (let run = 0; run < repeats; run++) {
      const startMs = performance.now()
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${api}/v1/query`, { method: 'POST', headers, body: JSON.stringify(query) })
      if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`)
      await answer.arrayBuffer()
      runs.push(performance.now() - startMs)
    }
    times[`${name}Ms`] = Math.round(quantile(runs, 0.5))
  }
  return times
}

async function folderBytes() {
  const names = (await readdir(dir)).filter((name) => name.startsWith('calls-'))
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(dir, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

const say = (what) => console.error(`${Math.round(performance.now())} ms: ${what}`)
const empty = await mkdtemp(join(tmpdir(), 'inferometer-bench-'))
const emptyServer = await spawnOn(empty)
await emptyServer.end()
await recordOneDay()
say('one day recorded')
await repeatDays()
say('days repeated')
const bytes = await folderBytes()
const before = await spawnOn(dataDir)
await record(before.addresses, callsAfterSnapshot)
const counted = (metrics) =>
  [...metrics].reduce((sum, [name, value]) => (name.startsWith('llm_spans_total') ? sum + value : sum), 0)
say('recorded after')
const expected = counted(await readMetrics(before.addresses.metrics))
say('killing')
await before.end('SIGKILL')

const after = await spawnOn(dataDir)
say('ready again')
const restored = counted(await readMetrics(after.addresses.metrics))
if (restored !== expected) throw new Error(`${restored} calls are counted after the kill, ${expected} before`)
const takingMs = performance.now()
await record(after.addresses, 1)
const firstAnswerMs = performance.now() - takingMs
say('taking')
const times = await timeQueries(after.addresses)
await after.end()
await rm(dataDir, { recursive: true, force: true })
await rm(empty, { recursive: true, force: true })

const result = {
  bench: 'server-boot',
  calls: callsPerDay * days,
  bytesPerCall: Math.round(bytes / (callsPerDay * days)),
  readyEmptyMs: Math.round(emptyServer.readyMs),
  readyAfterKillMs: Math.round(after.readyMs),
  firstAnswerAfterReadyMs: Math.round(firstAnswerMs),
  ...times,
}
console.table(result)
console.log(JSON.stringify(result))
