/** The stack's own Prometheus gets its numbers where keys are asked for and TLS is spoken. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeCertificate } from './harness/certificate.ts'
import { findFreePort, hasPrometheus } from './harness/prometheus.ts'
import { type CliRun, runCli } from './harness/run-cli.ts'
import { waitUntil } from './harness/wait-until.ts'

const withPrometheus = hasPrometheus()
if (!withPrometheus) console.log('left out: the scrape over TLS with a key, because Prometheus is not installed')

let folder: string
let run: CliRun | null = null

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inferometer-scrape-'))
})
afterEach(async () => {
  await run?.stop()
  await rm(folder, { recursive: true, force: true })
})

describe.skipIf(!withPrometheus)('inferometer stack', () => {
  it('has Prometheus scrape over TLS with a key of its own where keys are asked for', async () => {
    const { tlsCert, tlsKey } = makeCertificate(folder, 'server')
    await writeFile(join(folder, 'api_keys.yaml'), `keys:\n  - { name: somebody, sha256: ${'ab'.repeat(32)} }\n`)
    const port = await findFreePort()
    const names = ['api', 'metrics', 'otlp-http', 'otlp-grpc', 'console']
    const places = ['--data-dir', join(folder, 'data'), '--config-dir', folder, '--prometheus-port', String(port)]
    const tls = ['--tls-cert', tlsCert, '--tls-key', tlsKey]
    run = runCli(['stack', ...names.flatMap((name) => [`--${name}-port`, '0']), ...places, ...tls])
    await Promise.race([run.printed('Ready in'), run.ended])
    expect(run.errors()).toBe('')
    await waitUntil('Prometheus has scraped', async () => {
      const { data } = await (await fetch(`http://127.0.0.1:${port}/api/v1/targets`)).json()
      return data.activeTargets[0]?.health === 'up' && data.activeTargets[0].scrapeUrl.startsWith('https:')
    })
    const keyFile = join(folder, 'data', 'stack', 'prometheus', 'scrape-key')
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
    expect(await readFile(keyFile, 'utf8')).toMatch(/^[\w-]{32}$/)
  }, 60_000)
})
