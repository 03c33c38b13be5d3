/** Ports: told to be free before anything is started, so that nothing has to be stopped again for them. */
import { createServer } from 'node:net'
import { type SettingName, settings } from '../settings.ts'

export interface WantedPort {
  readonly setting: SettingName
  readonly what: string
  readonly host: string
  readonly port: number
}

/** Throws `Cannot start the stack: …` for a port that is wanted twice or cannot be taken. 0 is any. */
export async function checkPorts(wanted: readonly WantedPort[]): Promise<void> {
  const taken = new Map<number, WantedPort>()
  for (const one of wanted.filter(({ port }) => port !== 0)) {
    const other = taken.get(one.port)
    if (other)
      throw new Error(
        `Cannot start the stack: port ${one.port} is wanted for ${other.what} and for ${one.what}; ${advise(one)}`,
      )
    taken.set(one.port, one)
    const code = await tryPort(one)
    if (code !== null)
      throw new Error(`Cannot start the stack: port ${one.port} for ${one.what} ${explain(code)}; ${advise(one)}`)
  }
}

const advise = ({ setting }: WantedPort): string =>
  `choose another with ${settings[setting].flag} or ${settings[setting].variable}`

function explain(code: string): string {
  if (code === 'EADDRINUSE') return 'is in use by another program'
  if (code === 'EACCES') return 'needs more rights than this process has'
  return `cannot be opened (${code})`
}

/** Null when it can be taken, else why not. */
function tryPort({ host, port }: Pick<WantedPort, 'host' | 'port'>): Promise<string | null> {
  return new Promise((settle) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message))
    server.listen({ host, port }, () => server.close(() => settle(null)))
  })
}

/** A free port, for what only our own programs talk to. */
export function findFreePort(host: string): Promise<number> {
  return new Promise((settle, refuse) => {
    const server = createServer()
    server.once('error', refuse)
    server.listen({ host, port: 0 }, () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => settle(port))
    })
  })
}
