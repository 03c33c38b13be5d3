/** Opens the store on disk as the settings want it. */
import { join } from 'node:path'
import type { ServerConfig } from './config.ts'
import { openDuckDbStore } from './store/duckdb/duckdb-store.ts'
import type { CallStore } from './store/store.ts'

/** What is dropped at once when the store is too large: a gigabyte, or a tenth of what is kept. */
const partBytesAtMost = 1024 * 1024 * 1024
const partsAtLeast = 10

/** Bytes of the calls that wait for their commit; `pendingCalls` bounds their number. */
const pendingBytes = 128 * 1024 * 1024

export function openDurableStore({ dataDir, limits, retention }: ServerConfig): Promise<CallStore> {
  return openDuckDbStore({
    dir: join(dataDir, 'store'),
    partBytes: Math.min(partBytesAtMost, Math.ceil(retention.bytes / partsAtLeast)),
    queue: { maxRows: limits.pendingCalls, maxBytes: pendingBytes },
  })
}
