// What watching adds to one call, in one process: the openai client with the plain fetch, the same once more, and with the watched one,
// in a new random order for every call. Two processes differ by more than what is looked for (sdk-overhead); here all share code, data and
// the machine's moods, and the second plain client shows how much of a difference is noise. The work put off until there is leisure
// falls on whoever comes next: it is in the process's CPU (sdk-overhead) and not in these times. Low quantiles are those of undisturbed calls.
// `first` is the time to the first content as the application sees it, in a stream of one token. Prints a table and a JSON line.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

const calls = Number(process.env.BENCH_CALLS ?? 3_000)
const require = createRequire(import.meta.url)
const OpenAI = require('openai')
const request = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Say something.' }] }
const streamed = { ...request, stream: true, stream_options: { include_usage: true } }
const kinds = {
  'one answer': { share: 1, ask: askWhole },
  'stream of one token': { share: 1, ask: (client) => askStream(client, { ...streamed, max_tokens: 1 }) },
  'stream of 200 chunks': { share: 0.25, ask: (client) => askStream(client, streamed) },
}
const shares = { p10: 0.1, p25: 0.25, p50: 0.5 }

async function askWhole(client) {
  await client.chat.completions.create(request)
  return null
}

async function askStream(client, body) {
  const started = performance.now()
  let firstMs = null
  for await (const chunk of await client.chat.completions.create(body))
    if (firstMs === null && chunk.choices[0]?.delta.content) firstMs = performance.now() - started
  return firstMs
}

async function runCall(client, ask) {
  const started = performance.now()
  const firstMs = await ask(client)
  return { wall: (performance.now() - started) * 1_000, first: firstMs === null ? null : firstMs * 1_000 }
}

function shuffle(list) {
  return list
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

async function measure(clients, { share, ask }) {
  const results = Object.fromEntries(Object.keys(clients).map((name) => [name, { wall: [], first: [] }]))
  const count = Math.round(calls * share)
  for (let i = -Math.ceil(count / 3); i < count; i++)
    for (const [name, client] of shuffle(Object.entries(clients))) {
      const { wall, first } = await runCall(client, ask)
      if (i < 0) continue
      results[name].wall.push(wall)
      if (first !== null) results[name].first.push(first)
    }
  return results
}

const quantile = (values, share) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)]

/** By quantile: what the plain client took, and what the two others took more, in microseconds. */
function compare(results, field) {
  const at = (name, share) => Math.round(quantile(results[name][field], share) * 10) / 10
  return Object.fromEntries(
    Object.entries(shares).map(([label, share]) => {
      const plain = at('plain', share)
      const more = (name) => Math.round((at(name, share) - plain) * 10) / 10
      return [label, { plainUs: plain, againAddedUs: more('again'), watchedAddedUs: more('watched') }]
    }),
  )
}

const server = fork(fileURLToPath(new URL('overhead-server.mjs', import.meta.url)))
const [{ port }] = await once(server, 'message')
const address = `http://127.0.0.1:${port}`
const createClient = () => new OpenAI({ baseURL: `${address}/v1`, apiKey: 'x'.repeat(8), maxRetries: 0 })
// Clients take hold of fetch when they are made.
const plain = { plain: createClient(), again: createClient() }
const handle = require('@inferometer/sdk').start({ endpoint: address, serviceName: 'bench', spoolDir: false })
const clients = { ...plain, watched: createClient() }

const table = {}
for (const [name, kind] of Object.entries(kinds)) {
  const results = await measure(clients, kind)
  table[`${name}, wall`] = compare(results, 'wall')
  if (results.plain.first.length > 0) table[`${name}, first`] = compare(results, 'first')
}
await handle.shutdown()
server.disconnect()

console.log('\nµs a call; what the same again, and the watched client, took more')
console.table(
  Object.fromEntries(
    Object.entries(table).map(([name, row]) => [
      name,
      Object.fromEntries(
        Object.entries(row).map(([label, { plainUs, againAddedUs, watchedAddedUs }]) => [
          label,
          `${Math.round(plainUs)}: again ${againAddedUs}, watched ${watchedAddedUs}`,
        ]),
      ),
    ]),
  ),
)
console.log(JSON.stringify({ bench: 'sdk-paired', node: process.version, calls, ...table }))
