import { type ColumnKind, tableColumns } from './columns.ts'

/**
 * A page carries up to `pageRows` calls from the main thread to the worker in the layout DuckDB's vectors have, so that
 * the worker copies whole columns instead of converting values. Every platform DuckDB and Node share is little-endian.
 *
 * A text is a 32-bit code: 1 + its index in `strings`. Where a value is null its place holds anything.
 */
export interface Page {
  readonly buffer: ArrayBuffer
  rows: number
  strings: string[]
}

/** The size of DuckDB's vectors: a data chunk cannot have more rows. */
export const pageRows = 2048

/** One bit a row; a 1 means not null. */
export const validityBytes = pageRows / 8

const codeBytes = 4
const widths: Readonly<Record<ColumnKind, number>> = {
  traceId: 16,
  spanId: 8,
  time: 8,
  integer: 8,
  float: 8,
  boolean: 1,
  word: codeBytes,
  text: codeBytes,
  list: codeBytes,
  object: codeBytes,
}

export interface PageColumn {
  readonly isText: boolean
  /** Bytes of one value. */
  readonly width: number
  readonly offset: number
  readonly validityOffset: number
}

function createLayout(): { pageColumns: readonly PageColumn[]; pageBytes: number } {
  let end = 0
  // Every part is a multiple of eight bytes long, as the typed arrays over it demand of their offsets.
  const place = (bytes: number) => {
    end += bytes
    return end - bytes
  }
  const pageColumns = tableColumns.map(({ kind }) => ({
    isText: widths[kind] === codeBytes,
    width: widths[kind],
    offset: place(widths[kind] * pageRows),
    validityOffset: place(validityBytes),
  }))
  return { pageColumns, pageBytes: end }
}

const layout = createLayout()
/** `pageColumns[i]` is where `tableColumns[i]` lies. */
export const { pageColumns } = layout

export function createPage(): Page {
  return { buffer: new ArrayBuffer(layout.pageBytes), rows: 0, strings: [] }
}

/** The whole buffer by kinds of value; an offset of a column is divided by the size of what it is read as. */
export interface PageViews {
  readonly bytes: Uint8Array
  readonly words: Uint32Array
  readonly floats: Float64Array
}

export function viewPage({ buffer }: Page): PageViews {
  return { bytes: new Uint8Array(buffer), words: new Uint32Array(buffer), floats: new Float64Array(buffer) }
}

/** Keeps only the given rows, which ascend, and closes the gaps. */
export function keepRows(page: Page, kept: readonly number[]): void {
  const bytes = new Uint8Array(page.buffer)
  for (const { width, offset, validityOffset } of pageColumns) {
    kept.forEach((from, to) => {
      bytes.copyWithin(offset + to * width, offset + from * width, offset + (from + 1) * width)
      const isValid = (((bytes[validityOffset + (from >> 3)] ?? 0) >> (from & 7)) & 1) === 1
      const byte = bytes[validityOffset + (to >> 3)] ?? 0
      const mask = 1 << (to & 7)
      bytes[validityOffset + (to >> 3)] = isValid ? byte | mask : byte & ~mask
    })
  }
  page.rows = kept.length
}
