/** TLS by file on every port, a renewal without a restart, and what is said of files that are no good. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { Client, credentials } from '@grpc/grpc-js'
import { type RunningServer, type ServerSettings, startServer } from '@inferometer/server'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { builtConsole } from './browser/open-console.ts'
import { type CertificateFiles, encryptKey, makeCertificate, readCertificate } from './harness/certificate.ts'
import { runCliToEnd } from './harness/run-cli.ts'
import { openStoreOf } from './harness/store-of-calls.ts'

let folder: string
let files: CertificateFiles
let server: RunningServer | null
const ports = { apiPort: 0, metricsPort: 0, otlpHttpPort: 0, otlpGrpcPort: 0, consolePort: 0 }
const day = 86_400_000

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inferometer-tls-'))
  files = makeCertificate(folder, 'server')
  server = null
})
afterEach(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(settings: ServerSettings, now = Date.now): Promise<RunningServer> {
  server = await startServer(
    { logLevel: 'silent', configDir: folder, dataDir: join(folder, 'data'), ...ports, ...settings },
    { consoleDir: builtConsole, openStore: () => openStoreOf(join(folder, 'store'), []), now },
  )
  return server
}

/** Trusts this certificate alone. */
function ask(
  url: string,
  ca: string,
): Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    request(url, { ca, agent: false }, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body, headers: answer.headers }))
    })
      .on('error', reject)
      .end()
  })
}

/** The name that the certificate of a port is made out to. */
function nameAt(url: string): Promise<string> {
  const { hostname: host, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'] },
      () => {
        const { CN } = socket.getPeerCertificate().subject
        resolve(String(CN))
        socket.end()
      },
    ).on('error', reject)
  })
}

function exportOverGrpc(address: string, ca: string): Promise<number> {
  const client = new Client(new URL(address).host, credentials.createSsl(Buffer.from(ca)))
  const asBytes = (bytes: Buffer) => bytes
  return new Promise((resolve) => {
    const method = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
    client.makeUnaryRequest(method, asBytes, asBytes, Buffer.alloc(0), (error) => {
      client.close()
      resolve(error?.code ?? 0)
    })
  })
}

describe('TLS by file', { timeout: 60_000 }, () => {
  test('is spoken by every port, and nothing without it', async () => {
    const { addresses } = await start(files)
    const ca = readCertificate(files)
    const { api, metrics, otlpHttp, otlpGrpc, console: pages } = addresses
    expect(Object.values(addresses).map((url) => new URL(url ?? '').protocol)).toEqual(Array(5).fill('https:'))
    expect((await ask(`${api}/v1/metrics/health`, ca)).body).toContain(`metrics are served at ${metrics}/metrics`)
    expect((await ask(`${metrics}/metrics`, ca)).body).toContain('# TYPE')
    expect((await ask(`${pages}/`, ca)).status).toBe(200)
    expect((await ask(`${otlpHttp}/v1/traces`, ca)).status).toBe(405)
    expect(await exportOverGrpc(otlpGrpc, ca)).toBe(0)
    for (const url of [api, metrics, otlpHttp, otlpGrpc, pages])
      await expect(fetch(String(url).replace('https:', 'http:'))).rejects.toThrow()
    const { tlsCert } = makeCertificate(folder, 'stranger')
    await expect(ask(`${api}/v1/metrics/health`, readCertificate({ ...files, tlsCert }))).rejects.toThrow('certificate')
  })

  test('takes a renewed pair into force on every port, and keeps the old one while the new one is no good', async () => {
    const { addresses } = await start(files)
    const urls = [addresses.api, addresses.metrics, addresses.otlpHttp, addresses.otlpGrpc, String(addresses.console)]
    const names = () => Promise.all(urls.map(nameAt))
    expect(await names()).toEqual(Array(5).fill('server'))
    writeFileSync(files.tlsCert, 'half a cert')
    const refused = () => ask(`${addresses.metrics}/metrics`, ca).then(({ body }) => body)
    const ca = readCertificate(makeCertificate(folder, 'other'))
    await vi.waitFor(async () => {
      const body = await new Promise<string>((resolve, reject) => {
        request(`${addresses.metrics}/metrics`, { rejectUnauthorized: false, agent: false }, async (answer) => {
          resolve(Buffer.concat(await answer.toArray()).toString())
        })
          .on('error', reject)
          .end()
      })
      expect(body).toMatch(/inferometer_config_reloads_total\{.*TLS.*refused.*\} 1/)
    }, 10_000)
    expect(await names()).toEqual(Array(5).fill('server'))
    await expect(refused()).rejects.toThrow('certificate')
    const renewed = makeCertificate(folder, 'renewed')
    for (const [from, to] of [
      [renewed.tlsCert, files.tlsCert],
      [renewed.tlsKey, files.tlsKey],
    ] as const)
      writeFileSync(to, readCertificate({ ...files, tlsCert: from }))
    await vi.waitFor(async () => expect(await names()).toEqual(Array(5).fill('renewed')), 10_000)
    expect(await exportOverGrpc(addresses.otlpGrpc, readCertificate(renewed))).toBe(0)
  })

  test.each([
    [
      'a certificate that is not there',
      () => ({ ...files, tlsCert: join(folder, 'none') }),
      /^Cannot start: tlsCert .*none is not there$/,
    ],
    ['a folder for a key', () => ({ ...files, tlsKey: folder }), /^Cannot start: tlsKey .* cannot be read \(EISDIR\)$/],
    [
      'a key for a certificate',
      () => ({ ...files, tlsCert: files.tlsKey }),
      /^Cannot start: tlsCert .* holds no certificate in PEM form$/,
    ],
    [
      'a certificate for a key',
      () => ({ ...files, tlsKey: files.tlsCert }),
      /^Cannot start: tlsKey .* holds no private key in PEM form$/,
    ],
    [
      'a key with a passphrase',
      () => ({ ...files, tlsKey: encryptKey(files) }),
      /^Cannot start: tlsKey .* asks for a passphrase: store it without one$/,
    ],
    [
      'the key of another',
      () => ({ ...files, tlsKey: makeCertificate(folder, 'other').tlsKey }),
      /^Cannot start: tlsKey .* is not the key of the certificate in tlsCert .*server\.crt$/,
    ],
    ['one without the other', () => ({ tlsKey: files.tlsKey }), /^Cannot start: tlsKey needs tlsCert beside it$/],
  ])('refuses %s in one line', async (_what, settings, message) => {
    await expect(start(settings())).rejects.toThrow(message)
  })

  test('refuses a certificate that has expired or is of the future', async () => {
    await expect(start(files, () => Date.now() + 3 * day)).rejects.toThrow(
      /^Cannot start: tlsCert .* expired at .*: renew it$/,
    )
    await expect(start(files, () => Date.now() - 3 * day)).rejects.toThrow(/is valid only from .* look at the clock/)
  })

  test('is named on the command line by its flags, with exit code 1 and nothing left', async () => {
    chmodSync(files.tlsKey, 0o600)
    const missing = join(folder, 'none.key')
    const args = ['start', '--data-dir', join(folder, 'data'), '--tls-cert', files.tlsCert, '--tls-key', missing]
    const result = await runCliToEnd([...args, ...['--api-port', '0']])
    expect([result.exitCode, result.errors]).toEqual([
      1,
      `Cannot start: --tls-key (INFEROMETER_TLS_KEY) ${missing} is not there\n`,
    ])
  })
})
