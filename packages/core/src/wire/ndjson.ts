import { parseJson } from './json.ts'
import { LineReader } from './lines.ts'

/** One JSON value per line. Lines that are no JSON are left out. */
export class NdjsonReader {
  readonly #lines: LineReader

  constructor(onValue: (value: unknown) => void) {
    this.#lines = new LineReader((line) => {
      const value = parseJson(line)
      if (value !== undefined) onValue(value)
    })
  }

  get idle(): boolean {
    return this.#lines.idle
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk)
  }

  end(): void {
    this.#lines.end()
  }
}
