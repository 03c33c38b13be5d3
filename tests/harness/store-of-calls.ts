import type { LlmCall } from '@inferometer/core/call'
import { openDuckDbStore } from '../../packages/server/src/store/duckdb/duckdb-store.ts'
import type { CallStore } from '../../packages/server/src/store/store.ts'

const batchCalls = 2_000

/** A store on disk that holds the calls as they are: no price or scan comes between. A server on it counts them at its start. */
export async function openStoreOf(dir: string, calls: readonly LlmCall[]): Promise<CallStore> {
  const store = await openDuckDbStore({ dir })
  for (let from = 0; from < calls.length; from += batchCalls) {
    const result = await store.append(calls.slice(from, from + batchCalls))
    if (!result.ok) throw new Error(`The store refused the calls: ${result.message}`)
  }
  return store
}
