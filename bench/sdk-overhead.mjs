// What watching costs an application per call: wall time, CPU of the whole process (export included) and time to first token, next to
// no instrumentation and to others, each without content. Two processes of the same program differ by tens of microseconds a call, by
// where their code and data happen to lie; so every variant is measured in several generations of processes, each warmed up first. In
// a generation rounds are interleaved, and each variant is compared with the uninstrumented process beside it; `again` is a second
// uninstrumented process, so what it seems to add is noise. Prints a table with the spread over the generations, and a JSON line.
// sdk-paired shows smaller differences.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const generations = Number(process.env.BENCH_GENERATIONS ?? 8)
const rounds = Number(process.env.BENCH_ROUNDS ?? 10)
const variants = [
  'none',
  'again',
  'inferometer',
  'inferometer, safety off',
  'opentelemetry',
  'traceloop',
  'openinference',
]
const kinds = [
  { kind: 'whole', calls: 200, warmUp: 2_000 },
  { kind: 'stream', calls: 40, warmUp: 240 },
]
const fields = ['wallUs', 'cpuUs', 'ttftUs']
const at = (name) => fileURLToPath(new URL(name, import.meta.url))

function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const low = Math.floor(place)
  return sorted[low] + (sorted[Math.ceil(place)] - sorted[low]) * (place - low)
}

const median = (values) => quantile(values, 0.5)

async function ask(child, message) {
  child.send(message)
  const [answer] = await once(child, 'message')
  return answer
}

async function startAll(generation) {
  const server = fork(at('overhead-server.mjs'))
  const [{ port }] = await once(server, 'message')
  const apps = new Map()
  // The order turns, so that no variant is always the first.
  for (const variant of variants.map((_, i) => variants[(i + generation) % variants.length])) {
    const app = fork(at('overhead-app.cjs'), [variant, `http://127.0.0.1:${port}`])
    await once(app, 'message')
    apps.set(variant, app)
  }
  return { server, apps }
}

async function runRound({ server, apps }, variant, { kind, calls }) {
  await ask(server, 'spans')
  const { walls, firsts, cpuUs } = await ask(apps.get(variant), { kind, calls })
  const { spans } = await ask(server, 'spans')
  if (!['none', 'again'].includes(variant) && spans !== calls)
    throw new Error(`${variant} sent ${spans} spans for ${calls} calls`)
  return { wallUs: median(walls), cpuUs, ttftUs: firsts.length > 0 ? median(firsts) : 0 }
}

/** Of one generation: the median of each variant's rounds. */
async function measure(generation, kind) {
  const processes = await startAll(generation)
  for (const app of processes.apps.values()) await ask(app, { kind: kind.kind, calls: kind.warmUp })
  const results = new Map(variants.map((variant) => [variant, []]))
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < variants.length; i++) {
      const variant = variants[(i + round) % variants.length]
      results.get(variant).push(await runRound(processes, variant, kind))
    }
  for (const child of [processes.server, ...processes.apps.values()]) child.disconnect()
  const medians = (list) => Object.fromEntries(fields.map((field) => [field, median(list.map((one) => one[field]))]))
  return Object.fromEntries([...results].map(([variant, list]) => [variant, medians(list)]))
}

/** Over the generations: what a variant took, and what it added to the uninstrumented process beside it, with the middle half. */
function summarize(measured, variant, field) {
  const added = measured.map((one) => one[variant][field] - one.none[field])
  return {
    us: median(measured.map((one) => one[variant][field])),
    addedUs: median(added),
    spreadUs: [quantile(added, 0.25), quantile(added, 0.75)],
  }
}

const round = (value) => Math.round(value * 10) / 10
const show = ({ addedUs, spreadUs: [low, high] }) => `${round(addedUs)} (${Math.round(low)} to ${Math.round(high)})`

const report = {}
for (const kind of kinds) {
  const measured = []
  for (let generation = 0; generation < generations; generation++) measured.push(await measure(generation, kind))
  const results = Object.fromEntries(
    variants.map((variant) => [
      variant,
      Object.fromEntries(fields.map((field) => [field, summarize(measured, variant, field)])),
    ]),
  )
  report[kind.kind] = results
  const shape = kind.kind === 'whole' ? 'One answer' : 'One stream of 200 chunks'
  console.log(
    `\n${shape}: µs, median of ${generations} generations of ${rounds} rounds of ${kind.calls} calls (middle half)`,
  )
  console.table(
    Object.fromEntries(
      variants.map((variant) => {
        const { wallUs, cpuUs, ttftUs } = results[variant]
        const row = {
          wall: round(wallUs.us),
          'wall added': show(wallUs),
          cpu: round(cpuUs.us),
          'cpu added': show(cpuUs),
        }
        return [variant, kind.kind === 'stream' ? { ...row, 'ttft added': show(ttftUs) } : row]
      }),
    ),
  )
}
console.log(JSON.stringify({ bench: 'sdk-overhead', node: process.version, generations, rounds, ...report }))
