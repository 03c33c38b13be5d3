import type { CallStore } from './store/store.ts'

/** For the health answer. */
export function describeStore(store: CallStore) {
  const { health, message, rows, diskBytes, queueRows, lastCommitMs } = store.state()
  return {
    health,
    message,
    calls: rows,
    disk_bytes: diskBytes,
    pending_calls: queueRows,
    last_commit_ms: lastCommitMs,
  }
}
