import { mkdirSync, realpathSync } from 'node:fs'
import { messageOf } from './failure.ts'

/** A file lock keeps other processes out; in this one DuckDB would open the same file twice and damage it. */
const claimed = new Set<string>()

/** Makes the directory if need be and claims it until the answered function is called. */
export function claimDirectory(dir: string): () => void {
  const path = makeDirectory(dir)
  if (claimed.has(path)) throw new Error(`Cannot open the store in ${dir}: it is in use by process ${process.pid}`)
  claimed.add(path)
  return () => {
    claimed.delete(path)
  }
}

function makeDirectory(dir: string): string {
  try {
    mkdirSync(dir, { recursive: true })
    return realpathSync(dir)
  } catch (cause) {
    throw new Error(`Cannot open the store in ${dir}: the directory cannot be made: ${messageOf(cause)}`, { cause })
  }
}
