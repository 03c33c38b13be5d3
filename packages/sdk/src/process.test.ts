/** The bundles in processes of their own: how they start, what they share, and how they end. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type Collector,
  chatAnswer,
  chatEvents,
  chatPath,
  chatRequest,
  collect,
  type LocalServer,
  sendJson,
  serve,
  sleep,
} from './local-servers.cases.ts'
import { esm, makeBundles, packageDir, register, runApp } from './run-app.cases.ts'

let server: LocalServer
let collector: Collector
let spoolDir: string

beforeAll(async () => {
  await makeBundles()
  server = await serve((request, response) => {
    if (request.headers['x-mode'] === 'hang') return
    if (request.headers['x-mode'] === 'left') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const piece of chatEvents(['a'])) response.write(piece)
      // Long enough that only the end of the process can end the call.
      return void setTimeout(() => response.socket?.unref(), 1)
    }
    sendJson(response, chatAnswer)
  })
  collector = await collect()
})
afterAll(() => Promise.all([server.close(), collector.close()]))
beforeEach(() => {
  collector.calls.length = 0
  collector.answer = { status: 200 }
  spoolDir = fs.mkdtempSync(path.join(os.tmpdir(), 'spool-test-'))
})

const run = (app: Parameters<typeof runApp>[0]) =>
  runApp({
    ...app,
    env: { INFEROMETER_ENDPOINT: collector.url, INFEROMETER_SPOOL_DIR: spoolDir, URL: server.url, ...app.env },
  })

const callWithFetch = `await (await fetch(process.env.URL + '${chatPath}', { method: 'POST', body: ${JSON.stringify(chatRequest())} })).text();`

describe('@inferometer/sdk/register', () => {
  it('watches an ESM application started with --import, and sends its calls before it ends', async () => {
    const result = await run({
      flags: [...register, ...esm],
      code: callWithFetch,
      env: { INFEROMETER_SERVICE_NAME: 'app' },
    })
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(collector.calls).toMatchObject([{ serviceName: 'app', inputTokens: 12, status: 'success' }])
    expect(result.tookMs).toBeLessThan(5000)
  })

  it('watches a CommonJS application started with -r, with a real client', async () => {
    const code = `
      const OpenAI = require('openai')
      const client = new OpenAI({ apiKey: 'none', baseURL: process.env.URL + '/v1' })
      client.chat.completions.create({ model: 'model-a', messages: [{ role: 'user', content: 'hi' }] }).then((answer) => console.log(answer.id))`
    expect(await run({ flags: ['-r', '@inferometer/sdk/register'], code })).toMatchObject({
      code: 0,
      stdout: 'chat-1\n',
      stderr: '',
    })
    expect(collector.calls).toMatchObject([{ requestModel: 'model-a', responseId: 'chat-1' }])
  })

  it('names the service after OTEL_SERVICE_NAME or the package', async () => {
    await run({ flags: [...register, ...esm], code: callWithFetch, env: { OTEL_SERVICE_NAME: 'otel-name' } })
    await run({ flags: [...register, ...esm], code: callWithFetch })
    expect(collector.calls.map(({ serviceName }) => serviceName)).toEqual(['otel-name', 'inferometer-workspace'])
  })

  it('stops a process whose settings make no sense, and says which', async () => {
    const result = await run({ flags: register, code: '1', env: { INFEROMETER_CONTENT: 'loud' } })
    expect(result.code).toBe(1)
    expect(result.stderr).toContain(
      "Cannot start Inferometer: INFEROMETER_CONTENT (content) is 'loud', not off, redacted or full",
    )
  })

  it('does nothing when disabled', async () => {
    await run({ flags: [...register, ...esm], code: callWithFetch, env: { INFEROMETER_DISABLED: '1' } })
    expect(collector.calls).toEqual([])
  })
})

describe('start() in a process', () => {
  const start = (body: string) =>
    `import { start, createFetch, setContext } from '@inferometer/sdk'; const handle = start(); ${body}`

  it('does not keep the process alive', async () => {
    const result = await run({ flags: esm, code: start('') })
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(result.tookMs).toBeLessThan(3000)
  })

  it('does not wait long for a server that does not answer, and loses nothing', async () => {
    const silent = await serve(() => undefined)
    const result = await run({ flags: esm, code: start(callWithFetch), env: { INFEROMETER_ENDPOINT: silent.url } })
    await silent.close()
    expect(result.code).toBe(0)
    expect(result.tookMs).toBeLessThan(5000)
    expect(fs.readdirSync(spoolDir).filter((name) => name.endsWith('.calls'))).toHaveLength(1)
    await run({ flags: esm, code: start('await handle.flush()') })
    expect(collector.calls).toMatchObject([{ inputTokens: 12 }])
  })

  it('does not wait for a server that is away, not even where there is no spool', async () => {
    const away = { INFEROMETER_ENDPOINT: 'http://127.0.0.1:9', INFEROMETER_SPOOL_DIR: 'off' }
    const result = await run({ flags: esm, code: start(callWithFetch), env: away })
    expect(result.code).toBe(0)
    expect(result.stderr).toContain('calls are being lost (unreachable)')
  })

  it('writes what waits to disk on process.exit(), for the next process to bring', async () => {
    const code = start(`${callWithFetch} ${callWithFetch} process.exit(3)`)
    expect(await run({ flags: esm, code })).toMatchObject({ code: 3 })
    expect(collector.calls).toEqual([])
    await run({ flags: esm, code: start('await new Promise((resolve) => setTimeout(resolve, 1500))') })
    expect(collector.calls).toHaveLength(2)
    expect(fs.readdirSync(spoolDir)).toEqual([])
  })

  it('loses nothing that is on disk to kill -9', async () => {
    const away = { INFEROMETER_ENDPOINT: 'http://127.0.0.1:9' }
    const code = start(
      `${callWithFetch} await handle.flush(); console.log('stats', handle.stats().spooled); setInterval(() => 1, 100)`,
    )
    const killed = await run({ flags: esm, code, env: away, killOn: 'stats' })
    expect([killed.code, killed.stdout]).toEqual([null, 'stats 1\n'])
    await run({ flags: esm, code: start('await handle.flush()') })
    expect(collector.calls).toMatchObject([{ inputTokens: 12 }])
  })

  it('records calls under way when the process exits', async () => {
    const code = start(`
      fetch(process.env.URL + '${chatPath}', { method: 'POST', headers: { 'x-mode': 'hang' }, body: ${JSON.stringify(chatRequest())} }).catch(() => 1)
      setTimeout(() => process.exit(0), 200)`)
    await run({ flags: esm, code })
    await run({ flags: esm, code: start('await handle.flush()') })
    expect(collector.calls).toMatchObject([{ status: 'cancelled', requestModel: 'model-a' }])
  })

  it('records a stream that was left there after its last event when the process has nothing left to do', async () => {
    const code = start(`
      const response = await fetch(process.env.URL + '${chatPath}', { method: 'POST', headers: { 'x-mode': 'left' }, body: ${JSON.stringify(chatRequest({ stream: true }))} })
      const reader = response.body.getReader()
      for (let text = ''; !text.includes('[DONE]'); ) text += Buffer.from((await reader.read()).value).toString()
      for (const handle of process._getActiveHandles()) handle.unref?.()`)
    await run({ flags: esm, code, env: { INFEROMETER_SPOOL_DIR: 'off' } })
    expect(collector.calls).toMatchObject([{ status: 'success', outputTokens: 1 }])
  })

  it('notices a client made too early, and says once what to do', async () => {
    const code = `
      import OpenAI from 'openai'
      const client = new OpenAI({ apiKey: 'none', baseURL: process.env.URL + '/v1' })
      const { start } = await import('@inferometer/sdk')
      const handle = start()
      for (const _ of [1, 2]) await client.chat.completions.create({ model: 'model-a', messages: [] })
      console.log(handle.stats().missed)`
    const { stdout, stderr } = await run({ flags: esm, code })
    expect(stdout).toBe('2\n')
    expect(stderr.split('\n').filter((line) => line.includes('[inferometer]'))).toHaveLength(1)
    expect(stderr).toContain('--import @inferometer/sdk/register')
    expect(collector.calls).toEqual([])
  })

  it('is shared by the ESM and the CommonJS copy', async () => {
    const code = `
      import { createRequire } from 'node:module'
      import * as esm from '@inferometer/sdk'
      const cjs = createRequire(process.cwd() + '/x.js')('@inferometer/sdk')
      const handle = cjs.start({ serviceName: 'shared' })
      esm.start({ serviceName: 'other' })
      esm.setContext({ userId: 'ann' })
      ${callWithFetch}
      const fetch2 = esm.createFetch()
      await (await fetch2(process.env.URL + '${chatPath}', { method: 'POST', body: ${JSON.stringify(chatRequest())} })).text()
      await handle.flush()
      console.log(cjs === esm, handle.stats().calls)`
    expect(await run({ flags: esm, code })).toMatchObject({ stdout: 'false 2\n', stderr: '' })
    expect(collector.calls).toMatchObject(Array(2).fill({ serviceName: 'shared', userId: 'ann' }))
  })

  it('joins the trace of an active OpenTelemetry span', async () => {
    const code = start(`
      const { context, trace } = await import('@opentelemetry/api')
      const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks')
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
      const parent = trace.wrapSpanContext({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 })
      await context.with(trace.setSpan(context.active(), parent), async () => { ${callWithFetch} })`)
    await run({ flags: esm, code })
    expect(collector.calls).toMatchObject([{ traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16) }])
  })

  it('asks for usage in streams only where that is allowed', async () => {
    const echo = await serve((_, response, body) => void response.end(body))
    const body = JSON.stringify(chatRequest({ stream: true }))
    const code = start(
      `console.log(await (await fetch('${echo.url}${chatPath}', { method: 'POST', body: ${body} })).text())`,
    )
    const plain = await run({ flags: esm, code })
    const asking = await run({ flags: esm, code, env: { INFEROMETER_INCLUDE_STREAM_USAGE: 'true' } })
    await echo.close()
    expect(JSON.parse(plain.stdout).stream_options).toBeUndefined()
    expect(JSON.parse(asking.stdout)).toEqual({ ...JSON.parse(plain.stdout), stream_options: { include_usage: true } })
  })
})

describe('@inferometer/sdk/edge', () => {
  it('has no import of Node, nor has safety', () => {
    for (const file of ['edge.js', 'edge.cjs', 'safety.js', 'safety.cjs']) {
      const text = fs.readFileSync(path.join(packageDir, 'dist/bundle', file), 'utf8')
      // Comments of a library show how it is imported.
      const code = text.replace(/^\s*\*.*$/gm, '')
      expect(code.match(/(from|require\(|import\()\s*['"](?!@opentelemetry\/api)[^'"]+['"]/g)).toBeNull()
    }
  })

  it('watches one client and sends with fetch', async () => {
    const code = `
      import { createFetch, flush, stats, runWithContext } from '@inferometer/sdk/edge'
      const watched = createFetch({ endpoint: process.env.INFEROMETER_ENDPOINT, serviceName: 'worker', gzip: true })
      const call = () => watched(process.env.URL + '${chatPath}', { method: 'POST', body: ${JSON.stringify(chatRequest())} })
      const response = await runWithContext({ userId: 'ann' }, call)
      console.log((await response.json()).id)
      await fetch(process.env.URL + '${chatPath}', { method: 'POST', body: '{}' })
      await flush()
      console.log(stats().calls, stats().exported)`
    expect(await run({ flags: esm, code })).toMatchObject({ stdout: 'chat-1\n1 1\n', stderr: '' })
    expect(collector.calls).toMatchObject([{ serviceName: 'worker', userId: 'ann', inputTokens: 12 }])
  })
})

it('start() flushes by itself while the process lives', async () => {
  const code = `
    import { start } from '@inferometer/sdk'
    start({ flushIntervalMs: 50 })
    ${callWithFetch}
    setTimeout(() => process.exit(0), 10000).unref()
    process.stdin.resume()
    console.log('up')`
  const running = run({ flags: esm, code })
  await collector.waitFor(1)
  expect(collector.calls).toHaveLength(1)
  await sleep(1)
  void running
})
