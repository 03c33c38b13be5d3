/** Canaries through the SDK: in every wire format, and in what it is told. */
import http from 'node:http'
import { type Handle, runWithContext, type StartOptions, start, withCall } from '@inferometer/sdk'
import { openaiCases } from './openai-cases.ts'
import { anthropicCases, googleCases, otherCases } from './provider-cases.ts'
import type { Plant, WireCase } from './wire-case.ts'

/** Whether the application's own names carry canaries: only where masked text is asked for are they masked. */
export interface WireOptions {
  readonly sdk: StartOptions
  readonly plant: Plant
  readonly plantsNames: boolean
}

/** Every wire format through the SDK: answered, and refused with an error that quotes the prompt. Gives the names of the formats. */
export async function callThroughSdk({ sdk, plant, plantsNames }: WireOptions): Promise<string[]> {
  const cases = { ...openaiCases(plant), ...anthropicCases(plant), ...googleCases(plant), ...otherCases(plant) }
  const provider = await startProvider(plant)
  const handle = start({ flushIntervalMs: 50, ...sdk })
  const names = {
    userId: plantsNames ? plant('sdk user') : 'u-1',
    sessionId: plantsNames ? plant('sdk session') : 's-1',
    tags: [plantsNames ? plant('sdk tag') : 'beta'],
  }
  try {
    await runWithContext(names, async () => {
      for (const [name, each] of Object.entries(cases)) await callOnce(provider, name, each)
      const input = [{ role: 'user', text: plant('observed input') }]
      withCall({ provider: 'own', model: 'observed', input }, (open) =>
        open.setAnswer({ output: plant('observed output') }),
      )
      const failing = () =>
        withCall({ provider: 'own', model: 'observed' }, () => {
          throw new Error(plant('observed error'))
        })
      if (!caught(failing)) throw new Error('BUG: it does not fail')
    })
    await finish(handle)
  } finally {
    await handle.shutdown()
    await provider.close()
  }
  return Object.keys(cases)
}

function caught(action: () => void): boolean {
  try {
    action()
    return false
  } catch {
    return true
  }
}

async function finish(handle: Handle): Promise<void> {
  await handle.flush()
  const { internalErrors, dropped } = handle.stats()
  if (internalErrors > 0 || Object.keys(dropped).length > 0)
    throw new Error(`The SDK lost calls: ${JSON.stringify(handle.stats())}`)
}

interface Provider {
  readonly url: string
  readonly answers: Map<string, WireCase>
  close(): Promise<void>
}

async function callOnce(provider: Provider, name: string, each: WireCase): Promise<void> {
  provider.answers.set(name, each)
  for (const fails of [false, true]) {
    const headers = { 'content-type': 'application/json', 'x-case': name, ...(fails && { 'x-fails': 'yes' }) }
    const response = await fetch(provider.url + each.path, {
      method: 'POST',
      headers,
      body: JSON.stringify(each.request),
    })
    await response.text()
  }
}

async function startProvider(plant: Plant): Promise<Provider> {
  const answers = new Map<string, WireCase>()
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => {
      const name = String(request.headers['x-case'])
      const { answer, contentType = 'application/json' } = answers.get(name) ?? { answer: {} }
      if (request.headers['x-fails'] !== undefined) {
        const error = {
          message: `${plant(`${name} error`)}`,
          type: plant(`${name} error type`),
          code: plant(`${name} error code`),
        }
        response
          .writeHead(400, { 'content-type': 'application/json' })
          .end(JSON.stringify({ error, message: plant(`${name} message`) }))
        return
      }
      const isWritten = typeof answer === 'string' || answer instanceof Uint8Array
      response.writeHead(200, { 'content-type': contentType }).end(isWritten ? answer : JSON.stringify(answer))
    })
  })
  const url = await listen(server)
  return { url, answers, close: () => close(server) }
}

export async function listen(server: http.Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('BUG: no port')
  return `http://127.0.0.1:${address.port}`
}

export function close(server: http.Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
