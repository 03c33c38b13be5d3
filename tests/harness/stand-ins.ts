/** Programs named tempo, loki and grafana in a folder of their own; see stand-in.mjs. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./stand-in.mjs', import.meta.url))
const versions = { tempo: '2.9.0', loki: '3.5.1', grafana: '12.3.0' }

export interface StandIns {
  /** To be put on PATH. */
  readonly folder: string
  /** What they did, in order. */
  readJournal(): Promise<readonly { readonly what: string; readonly name: string; readonly pid: number }[]>
}

export async function makeStandIns(parent: string): Promise<StandIns> {
  const folder = join(parent, 'bin')
  const journal = join(parent, 'journal')
  await mkdir(folder, { recursive: true })
  await writeFile(journal, '')
  for (const [name, version] of Object.entries(versions))
    await writeStandIn(join(folder, name), [name, journal, version])
  // Where Grafana's own files would be.
  await mkdir(join(parent, 'conf'))
  await writeFile(join(parent, 'conf', 'defaults.ini'), '')
  return {
    folder,
    async readJournal() {
      const lines = (await readFile(journal, 'utf8')).split('\n').filter((line) => line !== '')
      return lines.map((line) => {
        const [what = '', name = '', pid = ''] = line.split(' ')
        return { what, name, pid: Number(pid) }
      })
    },
  }
}

export async function writeStandIn(path: string, args: readonly string[]): Promise<void> {
  const quoted = [process.execPath, script, ...args].map((text) => `'${text}'`).join(' ')
  await writeFile(path, `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 })
}
