/** What the fake provider sent, request by request: the truth that metrics are compared with. */
import { noTruth, type Truth } from './formats/format.ts'
import type { ScenarioName } from './scenario.ts'

export interface LedgerEntry extends Truth {
  readonly format: string
  readonly path: string
  /** Name the client knew the provider by. */
  readonly host: string
  readonly scenario: ScenarioName
  /** The same for every attempt at one question. */
  readonly question: string
  /** HTTP status sent. Null: none was, the request was left hanging. */
  readonly status: number | null
  readonly requestModel: string
  readonly streaming: boolean
  /** The answer went out to its last byte. False for cut streams, aborted clients, and while it is still going out. */
  complete: boolean
  /** The stream ended with an error event. */
  readonly streamError: boolean
  /** Milliseconds from the request's last byte to the first token's; null when none was sent. */
  firstTokenMs: number | null
}

type EntryFields = Pick<LedgerEntry, 'format' | 'path' | 'scenario' | 'status' | 'requestModel' | 'streaming'> &
  Partial<LedgerEntry>

export function createEntry(fields: EntryFields): LedgerEntry {
  return { ...noTruth, complete: false, streamError: false, firstTokenMs: null, host: '', question: '', ...fields }
}
