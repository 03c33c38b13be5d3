/** The certificate and key that every port speaks TLS with. They are read again when their files change, as renewals do at night. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Server as HttpServer, RequestListener } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { Server, Socket } from 'node:net'
import { createServer as createTls, type Server as TlsServer } from 'node:tls'
import { watchFile } from './enrich/watch-file.ts'

export interface Tls {
  createHttpServer(listener: RequestListener): HttpServer
  /** For HTTP/2 alone, as gRPC speaks it. */
  createHttp2Sockets(onSocket: (socket: Socket) => void): Server
}

export interface OpenTls {
  /** Null: the ports speak without TLS. */
  readonly tls: Tls | null
  close(): void
}

export interface TlsFiles {
  /** Both or none. */
  readonly tlsCert?: string | undefined
  readonly tlsKey?: string | undefined
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** Null: the new pair is in force. A text says why it is not, and the pair before stays. */
  readonly onReload: (problem: string | null) => void
}

interface Pair {
  readonly cert: string
  readonly key: string
}

/** Throws `Cannot start: …` in one line when the files are not there, do not belong together, or are of another time. */
export async function openTls({ tlsCert, tlsKey, now, onReload }: TlsFiles): Promise<OpenTls> {
  if (tlsCert === undefined || tlsKey === undefined) return { tls: null, close: () => undefined }
  const read = async (): Promise<Pair> => {
    const [cert, key] = await Promise.all([readText('tlsCert', tlsCert), readText('tlsKey', tlsKey)])
    checkPair({ cert, key, tlsCert, tlsKey, nowMs: now() })
    return { cert, key }
  }
  let pair = await read().catch((error: Error) => {
    throw new Error(`Cannot start: ${error.message}`)
  })
  const servers = new Set<TlsServer>()
  const reload = () =>
    read().then(
      (found) => {
        if (found.cert === pair.cert && found.key === pair.key) return
        pair = found
        for (const server of servers) server.setSecureContext(pair)
        onReload(null)
      },
      (error: Error) => onReload(error.message),
    )
  const watches = [
    watchFile({ path: tlsCert, text: pair.cert, onText: reload, onError: onReload }),
    watchFile({ path: tlsKey, text: pair.key, onText: reload, onError: onReload }),
  ]
  const keep = <One extends TlsServer>(server: One): One => {
    servers.add(server)
    server.once('close', () => servers.delete(server))
    return server
  }
  return {
    tls: {
      createHttpServer: (listener) => keep(createHttps(pair, listener)),
      createHttp2Sockets: (onSocket) => keep(createTls({ ...pair, ALPNProtocols: ['h2'] }, onSocket)),
    },
    close() {
      for (const watch of watches) watch.close()
    },
  }
}

async function readText(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    const why: unknown =
      code === 'ENOENT'
        ? 'is not there'
        : code === 'EACCES'
          ? 'may not be read by this user'
          : `cannot be read (${code})`
    throw new Error(`${setting} ${path} ${why}`)
  }
}

interface FoundPair extends Pair {
  readonly tlsCert: string
  readonly tlsKey: string
  readonly nowMs: number
}

/** Throws with what is wrong. OpenSSL's own words name neither file nor remedy. */
function checkPair({ cert, key, tlsCert, tlsKey, nowMs }: FoundPair): void {
  const certificate = attempt(() => new X509Certificate(cert), `tlsCert ${tlsCert} holds no certificate in PEM form`)
  const isEncrypted = /ENCRYPTED/.test(key)
  const privateKey: KeyObject = attempt(
    () => createPrivateKey(key),
    `tlsKey ${tlsKey} ${isEncrypted ? 'asks for a passphrase: store it without one' : 'holds no private key in PEM form'}`,
  )
  if (!certificate.checkPrivateKey(privateKey))
    throw new Error(`tlsKey ${tlsKey} is not the key of the certificate in tlsCert ${tlsCert}`)
  if (Date.parse(certificate.validTo) <= nowMs)
    throw new Error(`tlsCert ${tlsCert} expired at ${toIso(certificate.validTo)}: renew it`)
  if (Date.parse(certificate.validFrom) > nowMs)
    throw new Error(
      `tlsCert ${tlsCert} is valid only from ${toIso(certificate.validFrom)} on: look at the clock of this machine`,
    )
}

function attempt<T>(parse: () => T, problem: string): T {
  try {
    return parse()
  } catch {
    throw new Error(problem)
  }
}

const toIso = (time: string): string => new Date(time).toISOString()
