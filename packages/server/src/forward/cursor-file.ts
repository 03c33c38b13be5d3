import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** How far a destination has come, kept in a file of one line: `{"seq":123}`. */
export interface CursorFile {
  /** Resolves when it is durable. A crash at any point leaves this one or the one before. */
  save(seq: number): Promise<void>
}

export interface OpenedCursor extends CursorFile {
  /** The seq of the last call that was handed over; 0 where none is known, so that a call is rather sent twice than never. */
  readonly seq: number
}

export async function openCursor(path: string): Promise<OpenedCursor> {
  await mkdir(dirname(path), { recursive: true })
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return { seq: parseSeq(text), save: (seq) => save(path, seq) }
}

function parseSeq(text: string): number {
  const digits = /^\{"seq":(\d{1,15})\}\n$/.exec(text)?.[1]
  return digits === undefined ? 0 : Number(digits)
}

async function save(path: string, seq: number): Promise<void> {
  const unfinished = `${path}.unfinished`
  const file = await open(unfinished, 'w')
  try {
    await file.writeFile(`{"seq":${seq}}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(unfinished, path)
  await syncDirectory(dirname(path))
}

/** A rename is durable only when its directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
