/** The built console in memory: every file with its type, its compressed forms and how long it may be kept. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'

export interface ConsoleFile {
  readonly type: string
  readonly body: Buffer
  /** Null where compressing saves nothing. */
  readonly gzip: Buffer | null
  readonly brotli: Buffer | null
  /** Its name changes with its content. */
  readonly isImmutable: boolean
}

export interface ConsoleFiles {
  /** By path below the mount, with slashes: `assets/index-4f3a.js`. */
  readonly files: ReadonlyMap<string, ConsoleFile>
  /** The page of every address, as text: what it is mounted at is written into it. */
  readonly page: string
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
}

const zip = promisify(gzip)
const brotli = promisify(brotliCompress)
const pageName = 'index.html'

/** Null where there is no built console, or nobody says where it is. */
export async function readConsoleFiles(dir: string | null): Promise<ConsoleFiles | null> {
  if (dir === null || !existsSync(join(dir, pageName))) return null
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const named = paths.map((path) => [relative(dir, path).split(sep).join('/'), path] as const)
  const files = await Promise.all(
    named
      .filter(([name]) => name !== pageName && extname(name) in types)
      .map(async ([name, path]) => [name, await readConsoleFile(name, path)] as const),
  )
  return { files: new Map(files), page: await readFile(join(dir, pageName), 'utf8') }
}

async function readConsoleFile(name: string, path: string): Promise<ConsoleFile> {
  const body = await readFile(path)
  const type = types[extname(name)] ?? 'application/octet-stream'
  const smaller = (bytes: Buffer) => (bytes.length < body.length ? bytes : null)
  return {
    type,
    body,
    gzip: smaller(await zip(body)),
    brotli: smaller(await brotli(body)),
    isImmutable: name.startsWith('assets/'),
  }
}
