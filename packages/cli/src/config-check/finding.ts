/** One mistake in a configuration file: where, what, and what to do. Lines and columns from 1. */
export interface Finding {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}
