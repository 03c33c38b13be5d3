import type { IdWords } from './id-index.ts'

/** DuckDB keeps a UUID as a 128-bit integer with its highest bit turned over, so that it sorts as its text does. */
export const uuidSign = 0x8000_0000

/** Value of a hex digit by character code; 255 for what is none. Upper case is the same id. */
const digits = new Uint8Array(128).fill(255)
for (let value = 0; value < 16; value++) {
  digits[value.toString(16).charCodeAt(0)] = value
  digits[value.toString(16).toUpperCase().charCodeAt(0)] = value
}

/** Eight hex digits from `start` as an unsigned integer, or NaN. */
export function readHex32(text: string, start: number): number {
  let value = 0
  let wrong = 0
  for (let index = start; index < start + 8; index++) {
    const digit = digits[text.charCodeAt(index)] ?? 255
    wrong |= digit
    value = (value << 4) | digit
  }
  return wrong > 15 ? Number.NaN : value >>> 0
}

/** The ids of one column of trace ids and one of span ids, as they lie in pages and in DuckDB's vectors. */
export interface IdColumns {
  readonly traces: Uint32Array
  readonly spans: Uint32Array
}

export function readIdWords({ traces, spans }: IdColumns, row: number, into: IdWords): void {
  for (let word = 0; word < 4; word++) into[word] = traces[row * 4 + word] ?? 0
  into[4] = spans[row * 2] ?? 0
  into[5] = spans[row * 2 + 1] ?? 0
}

const toHex = (word: number | undefined): string => ((word ?? 0) >>> 0).toString(16).padStart(8, '0')

/** 48 hex digits: the trace id and the span id. */
export function toIdText(id: IdWords): string {
  const trace = toHex((id[3] ?? 0) ^ uuidSign) + toHex(id[2]) + toHex(id[1]) + toHex(id[0])
  return trace + toHex(id[5]) + toHex(id[4])
}
