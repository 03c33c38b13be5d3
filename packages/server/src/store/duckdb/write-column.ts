import type { LlmCall } from '@inferometer/core/call'
import { readHex32, uuidSign } from './call-ids.ts'
import type { Column } from './columns.ts'
import type { PageColumn, PageViews } from './page.ts'

/** Some of the calls, and the rows of a page they go to. */
export interface Slice {
  readonly calls: readonly LlmCall[]
  readonly from: number
  readonly count: number
  readonly row: number
}

export interface Target {
  readonly views: PageViews
  readonly strings: string[]
  readonly column: Column
  readonly place: PageColumn
  /** Of the words that are in `strings`. */
  readonly codesOfWords: Map<string, number>
}

/** Writes one field of the calls. Answers how many characters it added to the page's strings. */
export function writeColumn(target: Target, slice: Slice): number {
  switch (target.column.kind) {
    case 'traceId':
      writeTraceIds(target, slice)
      return 0
    case 'spanId':
      writeSpanIds(target, slice)
      return 0
    case 'time':
    case 'integer':
      writeIntegers(target, slice)
      return 0
    case 'float':
      writeFloats(target, slice)
      return 0
    case 'boolean':
      writeBooleans(target, slice)
      return 0
    case 'word':
      return writeWords(target, slice)
    default:
      return writeTexts(target, slice)
  }
}

/** The values of the field in order, with the bitmap kept along: the writers differ only in what they do with one value. */
type WriteValue = (value: LlmCall[keyof LlmCall], row: number) => boolean

function writeValues({ views, column, place }: Target, slice: Slice, write: WriteValue): void {
  const { field, derive } = column
  const { bytes } = views
  for (let index = 0; index < slice.count; index++) {
    const call = slice.calls[slice.from + index]
    if (call === undefined) throw new Error('BUG: the slice ends after its calls')
    const row = slice.row + index
    const isValid = write(derive === undefined ? call[field] : derive(call), row)
    const at = place.validityOffset + (row >> 3)
    const mask = 1 << (row & 7)
    const byte = bytes[at] ?? 0
    bytes[at] = isValid ? byte | mask : byte & ~mask
  }
}

const wrongValue = ({ column }: Target, value: unknown, expected: string): Error =>
  new Error(`BUG: ${column.field} is ${JSON.stringify(value)}, not ${expected}`)

function writeTraceIds(target: Target, slice: Slice): void {
  const { words } = target.views
  const start = target.place.offset / 4
  writeValues(target, slice, (value, row) => {
    const id = typeof value === 'string' && value.length === 32 ? value : ''
    const [first, second, third, fourth] = [readHex32(id, 0), readHex32(id, 8), readHex32(id, 16), readHex32(id, 24)]
    if (Number.isNaN(first + second + third + fourth)) throw wrongValue(target, value, '32 hex digits')
    words[start + row * 4] = fourth
    words[start + row * 4 + 1] = third
    words[start + row * 4 + 2] = second
    words[start + row * 4 + 3] = first ^ uuidSign
    return true
  })
}

function writeSpanIds(target: Target, slice: Slice): void {
  const { words } = target.views
  const start = target.place.offset / 4
  writeValues(target, slice, (value, row) => {
    if (value === null) return false
    const id = typeof value === 'string' && value.length === 16 ? value : ''
    const high = readHex32(id, 0)
    const low = readHex32(id, 8)
    if (Number.isNaN(high + low)) throw wrongValue(target, value, '16 hex digits')
    words[start + row * 2] = low
    words[start + row * 2 + 1] = high
    return true
  })
}

/** As two halves: a BigInt for each value would cost ten times as much. */
function writeIntegers(target: Target, slice: Slice): void {
  const { words } = target.views
  const start = target.place.offset / 4
  writeValues(target, slice, (value, row) => {
    if (value === null) return false
    if (!Number.isSafeInteger(value)) throw wrongValue(target, value, 'an integer')
    const integer = Number(value)
    words[start + row * 2] = integer
    words[start + row * 2 + 1] = Math.floor(integer / 0x1_0000_0000)
    return true
  })
}

function writeFloats(target: Target, slice: Slice): void {
  const { floats } = target.views
  const start = target.place.offset / 8
  writeValues(target, slice, (value, row) => {
    if (value === null) return false
    if (!Number.isFinite(value)) throw wrongValue(target, value, 'a finite number')
    floats[start + row] = Number(value)
    return true
  })
}

function writeBooleans(target: Target, slice: Slice): void {
  const { bytes } = target.views
  const start = target.place.offset
  writeValues(target, slice, (value, row) => {
    bytes[start + row] = value === true ? 1 : 0
    return true
  })
}

function writeWords(target: Target, slice: Slice): number {
  const { strings, codesOfWords } = target
  const { words } = target.views
  const start = target.place.offset / 4
  let added = 0
  writeValues(target, slice, (value, row) => {
    if (value === null) return false
    if (typeof value !== 'string') throw wrongValue(target, value, 'text')
    let code = codesOfWords.get(value)
    if (code === undefined) {
      code = strings.push(value)
      codesOfWords.set(value, code)
      added += value.length
    }
    words[start + row] = code
    return true
  })
  return added
}

function writeTexts(target: Target, slice: Slice): number {
  const { strings } = target
  const { words } = target.views
  const start = target.place.offset / 4
  let added = 0
  writeValues(target, slice, (value, row) => {
    if (value === null || (Array.isArray(value) && value.length === 0)) return false
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    words[start + row] = strings.push(text)
    added += text.length
    return true
  })
  return added
}
