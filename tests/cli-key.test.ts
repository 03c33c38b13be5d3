import { appendFile, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type CliRun, runCli, runCliToEnd } from './harness/run-cli.ts'
import { waitUntil } from './harness/wait-until.ts'

let folder: string
let server: CliRun | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inferometer-key-'))
})
afterEach(async () => {
  await server?.stop()
  server = undefined
  await rm(folder, { recursive: true, force: true })
})

describe('inferometer key', () => {
  test('key prints what a running server takes once it is put into api_keys.yaml', async () => {
    const made = await runCliToEnd([
      'key',
      'bot',
      '--may',
      'write',
      '--services',
      'shop, bank',
      '--expires',
      '2999-01-01',
    ])
    expect(made.exitCode).toBe(0)
    const [key = ''] = /inf_\S+/.exec(made.out) ?? []
    const [entry = ''] = /^ {2}- \{.*$/m.exec(made.out) ?? []
    expect(entry).not.toContain(key)
    const keyFile = join(folder, 'api_keys.yaml')
    await writeFile(keyFile, 'keys:\n')
    const prices = fileURLToPath(new URL('../config/model_prices.yaml', import.meta.url))
    await copyFile(prices, join(folder, 'model_prices.yaml'))
    const ports = ['api', 'metrics', 'otlp-http', 'otlp-grpc', 'console'].flatMap((name) => [`--${name}-port`, '0'])
    server = runCli(['start', '--data-dir', join(folder, 'data'), '--config-dir', folder, ...ports])
    await Promise.race([server.printed('Ready in'), server.ended])
    const [, api] = /REST API .*(http:\S+)/.exec(server.out()) ?? []
    const record = async (service_name: string) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      const body = {
        model: 'm',
        provider: 'p',
        service_name,
        prompt_tokens: 1,
        completion_tokens: 1,
        latency_ms_total: 1,
        status: 'success',
      }
      return (await fetch(`${api}/v1/metrics/record`, { method: 'POST', headers, body: JSON.stringify(body) })).status
    }
    expect(await record('shop')).toBe(401)
    await appendFile(keyFile, `${entry}\n`)
    await waitUntil('the key opens', async () => (await record('shop')) === 200, 10_000)
    expect([await record('bank'), await record('other')]).toEqual([200, 400])
  })

  test.each([
    [['key', 'bot', '--may', 'wirte'], '--may must be of write, read, admin'],
    [['key', 'bot', '--expires', 'soon'], '--expires must be a date'],
    [['key'], "missing required argument 'name'"],
  ])('key refuses %j', async (args, message) => {
    const { exitCode, errors } = await runCliToEnd(args)
    expect([exitCode, errors]).toEqual([2, expect.stringContaining(message)])
  })
})
