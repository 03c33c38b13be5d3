// What a person waits for who opens a page of the console on a store of a million calls, all of them in the range that is shown:
// first paint, all panels drawn, the answers to its questions, what moves meanwhile, and what the pages weigh. In a real Chromium
// with nothing in its cache. Other numbers of calls with BENCH_CALLS. Prints a table and a JSON line.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import { quantile } from './spawn-server.mjs'
import { makeTypicalCall } from './typical-calls.mjs'

const totalCalls = Number(process.env.BENCH_CALLS ?? 1_000_000)
const repeats = 3
const dayMs = 86_400_000
const aims = { firstPaintMs: 1_000, queriesMs: 200, bundleKb: 350, shift: 0.01 }
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = places.find((path) => existsSync(path))
if (executablePath === undefined) {
  console.error(`Cannot open the console: no Chromium at ${places.join(', ')}`)
  process.exit(1)
}

const appDir = fileURLToPath(new URL('../packages/console/dist/app', import.meta.url))
const dataDir = await mkdtemp(join(tmpdir(), 'inferometer-bench-'))
const nowMs = Date.now()

async function fillStore() {
  const url = new URL('../packages/server/dist/store/duckdb/duckdb-store.js', import.meta.url)
  const { openDuckDbStore } = await import(url.href)
  const store = await openDuckDbStore({ dir: join(dataDir, 'store') })
  const startUs = (index) => Math.round(nowMs - dayMs + 60_000 + ((dayMs - 120_000) * index) / totalCalls) * 1_000
  for (let from = 0; from < totalCalls; from += 2_000) {
    const count = Math.min(2_000, totalCalls - from)
    const calls = Array.from({ length: count }, (_, at) => makeTypicalCall(from + at, startUs(from + at)))
    const result = await store.append(calls)
    if (!result.ok) throw new Error(result.message)
  }
  await store.close()
}

async function spawnOn() {
  const child = fork(fileURLToPath(new URL('./server-process.mjs', import.meta.url)), [dataDir, 'nowhere', appDir])
  process.once('exit', () => child.kill('SIGKILL'))
  const [{ addresses }] = await once(child, 'message')
  return {
    address: addresses.console,
    async stop() {
      child.send('stop')
      await once(child, 'exit')
    },
  }
}

/** Runs in the page, before anything of it. */
function watch() {
  globalThis.moved = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.moved += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
}

/** Runs in the page, when all is drawn. */
function readTimes() {
  const questions = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/v1/panels/query'))
  return {
    firstPaintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null,
    drawnMs: performance.now(),
    queriesMs: Math.max(0, ...questions.map(({ requestStart, responseEnd }) => responseEnd - requestStart)),
    shift: globalThis.moved,
  }
}

async function visit(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } })
  const page = await context.newPage()
  await page.addInitScript(watch)
  await page.goto(url, { waitUntil: 'commit' })
  await page.waitForSelector('h1')
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null)
  const times = await page.evaluate(readTimes)
  await context.close()
  return times
}

/** All scripts and style sheets together, in kB as they travel. */
function weighBundle() {
  const folder = join(appDir, 'assets')
  const files = readdirSync(folder).filter((name) => /\.(js|css)$/.test(name))
  return files.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0) / 1_000
}

const pages = {
  overview: '/',
  latency: '/d/llm-latency-ttft-dashboard',
  cost: '/d/llm-cost-dashboard',
  errors: '/d/llm-error-retry-dashboard',
  safety: '/d/llm-security-safety-dashboard',
  calls: '/calls',
  spend: '/spend',
  findings: '/findings',
  prices: '/prices',
  health: '/health',
}

await fillStore()
const server = await spawnOn()
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
})
const rows = {}
for (const [name, path] of Object.entries(pages)) {
  const visits = []
  for (let at = 0; at < repeats; at++)
    visits.push(await visit(browser, `${server.address}${path}?from=now-24h&to=now&refresh=off`))
  const median = (of) => Math.round(quantile(visits.map(of), 0.5))
  rows[name] = {
    firstPaintMs: median(({ firstPaintMs }) => firstPaintMs),
    drawnMs: median(({ drawnMs }) => drawnMs),
    queriesMs: median(({ queriesMs }) => queriesMs),
    shift: Math.round(Math.max(...visits.map(({ shift }) => shift)) * 1_000) / 1_000,
  }
}
await browser.close()
await server.stop()
await rm(dataDir, { recursive: true, force: true })

const bundleKb = Math.round(weighBundle())
console.table(rows)
console.log(`all scripts and styles: ${bundleKb} kB compressed, aim ≤ ${aims.bundleKb}`)
for (const [name, row] of Object.entries(rows))
  for (const [what, most] of Object.entries(aims))
    if (row[what] > most) console.log(`over the aim: ${name} ${what} ${row[what]}, aim ≤ ${most}`)
console.log(JSON.stringify({ bench: 'console-paint', calls: totalCalls, pages: rows, bundleKb }))
