// Several replicas behind a balancer, with senders that repeat what was not answered: do the sums over all replicas stay exact?
// Real servers in processes of their own, each with its own store; one answer in ten is lost on the way back after its commit, and
// each replica is killed with -9 once and started again on its folder. Two ways to choose a replica are compared: by trace id, waiting
// for that replica when it is away, and any one that is up. Prints a table and a JSON line; the first way must be exact.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sdkScope } from '@inferometer/core/attributes'
import { toTraces } from '@inferometer/core/call-span'
import { encodeTraces } from '@inferometer/core/otlp/traces'
import { readMetrics } from './spawn-server.mjs'
import { makeTypicalCall } from './typical-calls.mjs'

const replicaCount = Number(process.env.BENCH_REPLICAS ?? 3)
const batchCount = Number(process.env.BENCH_BATCHES ?? 240)
const batchSpans = 50
const senders = 6
const lostAnswerEvery = 10

const script = fileURLToPath(new URL('./server-process.mjs', import.meta.url))
const configDir = fileURLToPath(new URL('../config', import.meta.url))

async function openReplica() {
  const dataDir = await mkdtemp(join(tmpdir(), 'inferometer-replica-'))
  const replica = { dataDir, child: undefined, addresses: undefined }
  replica.start = async () => {
    replica.child = fork(script, [dataDir, configDir])
    const [ready] = await once(replica.child, 'message')
    replica.addresses = ready.addresses
  }
  replica.kill = async () => {
    replica.addresses = undefined
    replica.child.kill('SIGKILL')
    await once(replica.child, 'exit')
  }
  replica.stop = async () => {
    replica.child.send('stop')
    await once(replica.child, 'exit')
    await rm(dataDir, { recursive: true, force: true })
  }
  await replica.start()
  return replica
}

/** Spans of one trace each stay together, as a gateway that routes by trace id sends them. */
function makeBatch(index) {
  const calls = Array.from({ length: batchSpans }, (_, at) =>
    makeTypicalCall(index * batchSpans + at, Date.now() * 1_000),
  )
  const { traceId } = calls[0]
  const traced = calls.map((call) => ({ ...call, traceId }))
  const body = encodeTraces(toTraces(traced, { name: sdkScope, version: '0.0.0', resourceAttributes: new Map() }))
  const nanoUsd = traced.reduce((sum, { costNanoUsd }) => sum + BigInt(costNanoUsd), 0n)
  return { traceId, body, nanoUsd }
}

const ways = {
  'by trace id': (replicas, traceId) => replicas[Number.parseInt(traceId.slice(0, 8), 16) % replicas.length],
  'any that is up': (replicas) => {
    const up = replicas.filter(({ addresses }) => addresses !== undefined)
    return up[Math.floor(Math.random() * up.length)]
  },
}

/** One try. False: not answered, so the sender sends again. */
async function tryOnce(replica, { body }, isAnswerLost) {
  if (replica?.addresses === undefined) return false
  try {
    const headers = { 'content-type': 'application/x-protobuf' }
    const answer = await fetch(`${replica.addresses.otlpHttp}/v1/traces`, { method: 'POST', headers, body })
    await answer.arrayBuffer()
    return answer.status === 200 && !isAnswerLost
  } catch (error) {
    // Killed while it answered. Anything else is a defect of this program.
    if (error instanceof TypeError) return false
    throw error
  }
}

async function simulate(choose) {
  const replicas = await Promise.all(Array.from({ length: replicaCount }, openReplica))
  const counts = { tries: 0, lostAnswers: 0, kills: 0 }
  let next = 0
  let nanoUsd = 0n
  const sendAll = async () => {
    while (next < batchCount) {
      const batch = makeBatch(next++)
      nanoUsd += batch.nanoUsd
      for (let answered = false; !answered; ) {
        const isAnswerLost = ++counts.tries % lostAnswerEvery === 0
        if (isAnswerLost) counts.lostAnswers++
        answered = await tryOnce(choose(replicas, batch.traceId), batch, isAnswerLost)
        if (!answered) await pause(20)
      }
    }
  }
  const killAll = async () => {
    for (const [index, replica] of replicas.entries()) {
      while (next < ((index + 1) * batchCount) / (replicas.length + 1)) await pause(5)
      await replica.kill()
      counts.kills++
      await replica.start()
    }
  }
  await Promise.all([...Array.from({ length: senders }, sendAll), killAll()])
  const seen = await Promise.all(replicas.map(({ addresses }) => readMetrics(addresses.metrics)))
  const sumOf = (name) =>
    seen
      .flatMap((metrics) => [...metrics])
      .reduce((sum, [key, value]) => (key.startsWith(`${name}{`) ? sum + value : sum), 0)
  await Promise.all(replicas.map(({ stop }) => stop()))
  const sent = batchCount * batchSpans
  return {
    ...counts,
    sent,
    counted: sumOf('llm_spans_total'),
    microUsdSent: Number(nanoUsd) / 1_000,
    microUsdCounted: sumOf('llm_cost_usd_micro_total'),
  }
}

const results = {}
for (const [way, choose] of Object.entries(ways)) results[way] = await simulate(choose)
console.table(
  Object.fromEntries(
    Object.entries(results).map(([way, { sent, counted, microUsdSent, microUsdCounted, ...counts }]) => [
      way,
      {
        ...counts,
        sent,
        'counted too often': counted - sent,
        'micro-dollars too many': Math.round((microUsdCounted - microUsdSent) * 1e3) / 1e3,
      },
    ]),
  ),
)
console.log(JSON.stringify({ bench: 'replicas', replicaCount, ...results }))
const exact = results['by trace id']
if (exact.counted !== exact.sent || Math.abs(exact.microUsdCounted - exact.microUsdSent) > 0.001) {
  console.error('Routing by trace id is not exact')
  process.exitCode = 1
}
