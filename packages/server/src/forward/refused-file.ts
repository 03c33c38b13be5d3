import { appendFile, stat } from 'node:fs/promises'
import type { Committed, Forwardable } from './committed-calls.ts'
import type { Refused } from './verdict.ts'

/** Where the calls that a destination does not take are written down. */
export interface RefusedFile {
  readonly path: string
  /** Rejects when it cannot be written. */
  add(refused: Committed<Forwardable>, verdict: Refused): Promise<void>
}

/** A destination that refuses everything must not fill the disk; the counter goes on. */
const defaultMaxBytes = 4 * 1024 * 1024

/** One JSON line per call: which, when and why. The call itself is in the store under its ids. */
export function createRefusedFile(path: string, now: () => number, maxBytes = defaultMaxBytes): RefusedFile {
  return {
    path,
    async add({ seq, call }, { reason, answer }) {
      const { size } = await stat(path).catch(() => ({ size: 0 }))
      if (size >= maxBytes) return
      const at = new Date(now()).toISOString()
      const line = { at, seq, trace_id: call.traceId, span_id: call.spanId, reason, answer }
      await appendFile(path, `${JSON.stringify(line)}\n`, { mode: 0o600 })
    },
  }
}
