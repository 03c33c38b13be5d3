/** What is told of a configuration file in force. */
import type { FileProblem } from './yaml-file.ts'

export interface FileStatus {
  /** Null: there is none, and what is in force is built in. */
  readonly file: string | null
  /** When what is in force was read: milliseconds since the Unix epoch. */
  readonly loadedAtMs: number
  readonly lastReload: {
    readonly atMs: number
    /** Empty: it was taken. */
    readonly problems: readonly FileProblem[]
  } | null
}
