// What watching costs an application per call: wall time, CPU (export included) and time to first token, next to no instrumentation
// and to others, each without content. Every variant is a process of its own; rounds are interleaved, and each is compared with the
// round of the uninstrumented process beside it. Prints a table and a JSON line.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const rounds = Number(process.env.BENCH_ROUNDS ?? 40)
const variants = ['none', 'inferometer', 'opentelemetry', 'traceloop', 'openinference']
const kinds = [
  { kind: 'whole', calls: 100 },
  { kind: 'stream', calls: 25 },
]
const at = (name) => fileURLToPath(new URL(name, import.meta.url))

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

async function ask(child, message) {
  child.send(message)
  const [answer] = await once(child, 'message')
  return answer
}

const server = fork(at('overhead-server.mjs'))
const [{ port }] = await once(server, 'message')
const apps = new Map()
for (const variant of variants) {
  const app = fork(at('overhead-app.cjs'), [variant, `http://127.0.0.1:${port}`])
  await once(app, 'message')
  apps.set(variant, app)
}

async function measure({ kind, calls }) {
  const results = new Map(variants.map((variant) => [variant, []]))
  for (let round = -3; round < rounds; round++) {
    // The order turns, so that no variant always follows the same one.
    const turn = variants.map((_, i) => variants[(i + round + variants.length) % variants.length])
    for (const variant of turn) {
      await ask(server, 'spans')
      const { walls, firsts, cpuUs } = await ask(apps.get(variant), { kind, calls })
      const { spans } = await ask(server, 'spans')
      if (variant !== 'none' && spans !== calls) throw new Error(`${variant} sent ${spans} spans for ${calls} calls`)
      // The first rounds warm up.
      if (round >= 0)
        results.get(variant).push({ wallUs: median(walls), cpuUs, ttftUs: firsts.length > 0 ? median(firsts) : 0 })
    }
  }
  return results
}

/** Median over the rounds, and median of what it adds to the uninstrumented round beside it. */
function summarize(results, field) {
  const none = results.get('none').map((round) => round[field])
  return Object.fromEntries(
    variants.map((variant) => {
      const values = results.get(variant).map((round) => round[field])
      return [variant, { us: median(values), addedUs: median(values.map((value, i) => value - none[i])) }]
    }),
  )
}

const report = {}
for (const kind of kinds) {
  const results = await measure(kind)
  report[kind.kind] = Object.fromEntries(
    ['wallUs', 'cpuUs', 'ttftUs'].map((field) => [field, summarize(results, field)]),
  )
}
for (const child of [server, ...apps.values()]) child.disconnect()

const round = (value) => Math.round(value * 10) / 10
for (const [kind, fields] of Object.entries(report)) {
  console.log(`\n${kind === 'whole' ? 'One answer' : 'One stream of 200 chunks'} (µs, median of ${rounds} rounds)`)
  console.table(
    Object.fromEntries(
      variants.map((variant) => [
        variant,
        {
          wall: round(fields.wallUs[variant].us),
          'wall added': round(fields.wallUs[variant].addedUs),
          'cpu added': round(fields.cpuUs[variant].addedUs),
          ...(kind === 'stream' ? { 'ttft added': round(fields.ttftUs[variant].addedUs) } : {}),
        },
      ]),
    ),
  )
}
console.log(JSON.stringify({ bench: 'sdk-overhead', node: process.version, rounds, ...report }))
