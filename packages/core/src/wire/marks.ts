/**
 * Search for a set of short ASCII strings in bytes, looking at a fraction of them (Wu and Manber's skip table). It runs over every byte
 * of every stream whose content nobody wants, so it is plain functions on plain data, written for speed.
 */

/** Bytes that decide together how far a search may move on. */
const blockBytes = 3
const tableSize = 1 << 15

export interface MarkTable {
  readonly marks: readonly Uint8Array[]
  /** The last four bytes of each mark as one number, to refuse most places in one comparison. */
  readonly tails: Int32Array
  /** By block: how far the window may move. 0 means that a mark may end here. */
  readonly skips: Uint8Array
  /** Bytes of the shortest mark. */
  readonly span: number
}

/** Marks are of four letters or more. */
export function makeMarkTable(texts: readonly string[]): MarkTable {
  const marks = texts.map((text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0)))
  const span = Math.min(...texts.map((text) => text.length))
  const skips = new Uint8Array(tableSize).fill(span - blockBytes + 1)
  for (const mark of marks) {
    for (let end = mark.byteLength - span + blockBytes; end <= mark.byteLength; end++) {
      const block = hashBlock(mark, end)
      skips[block] = Math.min(skips[block] ?? 0, mark.byteLength - end)
    }
  }
  return { marks, tails: Int32Array.from(marks, (mark) => readTail(mark, mark.byteLength)), skips, span }
}

function hashBlock(bytes: Uint8Array, end: number): number {
  const block = ((bytes[end - 3] ?? 0) << 10) ^ ((bytes[end - 2] ?? 0) << 5) ^ (bytes[end - 1] ?? 0)
  return block & (tableSize - 1)
}

function readTail(bytes: Uint8Array, end: number): number {
  const high = ((bytes[end - 4] ?? 0) << 24) | ((bytes[end - 3] ?? 0) << 16)
  return high | ((bytes[end - 2] ?? 0) << 8) | (bytes[end - 1] ?? 0)
}

/** A search over a part of the bytes: where its window ends, where the last may, and what it found. */
interface Lane {
  at: number
  readonly last: number
  readonly ends: number[]
}

/** Offsets behind every mark that is no key of an empty value, in order. */
export function findMarks(bytes: Uint8Array, table: MarkTable): readonly number[] {
  const { span } = table
  const quarter = Math.max(0, bytes.byteLength + 1 - span) >> 2
  const lanes = [0, 1, 2, 3].map((lane): Lane => {
    const at = span + lane * quarter
    return { at, last: lane === 3 ? bytes.byteLength : at + quarter - 1, ends: [] }
  })
  searchTogether(bytes, table, lanes)
  for (const lane of lanes) searchAlone(bytes, table, lane)
  return lanes.flatMap((lane) => lane.ends)
}

/**
 * A step has to wait for its own skip, and most of its time goes into that wait; four searches in four places share it, which takes a
 * third of the time. Gives up when the first of them is through.
 */
function searchTogether(bytes: Uint8Array, table: MarkTable, lanes: readonly Lane[]): void {
  const { skips } = table
  const [a, b, c, d] = lanes
  if (a === undefined || b === undefined || c === undefined || d === undefined) return
  const [lastA, lastB, lastC, lastD] = [a.last, b.last, c.last, d.last]
  let [atA, atB, atC, atD] = [a.at, b.at, c.at, d.at]
  while (atA <= lastA && atB <= lastB && atC <= lastC && atD <= lastD) {
    const skipA = skips[hashBlock(bytes, atA)] ?? 1
    const skipB = skips[hashBlock(bytes, atB)] ?? 1
    const skipC = skips[hashBlock(bytes, atC)] ?? 1
    const skipD = skips[hashBlock(bytes, atD)] ?? 1
    if (skipA === 0 && isMark(bytes, table, atA)) a.ends.push(atA)
    if (skipB === 0 && isMark(bytes, table, atB)) b.ends.push(atB)
    if (skipC === 0 && isMark(bytes, table, atC)) c.ends.push(atC)
    if (skipD === 0 && isMark(bytes, table, atD)) d.ends.push(atD)
    atA += skipA === 0 ? 1 : skipA
    atB += skipB === 0 ? 1 : skipB
    atC += skipC === 0 ? 1 : skipC
    atD += skipD === 0 ? 1 : skipD
  }
  a.at = atA
  b.at = atB
  c.at = atC
  d.at = atD
}

function searchAlone(bytes: Uint8Array, table: MarkTable, lane: Lane): void {
  let at = lane.at
  while (at <= lane.last) {
    const skip = table.skips[hashBlock(bytes, at)] ?? 1
    if (skip === 0 && isMark(bytes, table, at)) lane.ends.push(at)
    at += skip === 0 ? 1 : skip
  }
}

/** An empty value is the most frequent by far and the cheapest to see. */
function isMark(bytes: Uint8Array, table: MarkTable, end: number): boolean {
  return !isEmptyValue(bytes, end) && matchMark(bytes, table, end) !== -1
}

/** Which mark ends before `end`; -1 when none does. */
export function matchMark(bytes: Uint8Array, table: MarkTable, end: number): number {
  const { marks, tails } = table
  const tail = readTail(bytes, end)
  for (let index = 0; index < tails.length; index++) {
    if (tails[index] !== tail) continue
    const mark = marks[index]
    if (mark !== undefined && endsWith(bytes, end, mark)) return index
  }
  return -1
}

function endsWith(bytes: Uint8Array, end: number, mark: Uint8Array): boolean {
  const start = end - mark.byteLength
  if (start < 0) return false
  for (let i = 0; i < mark.length; i++) if (bytes[start + i] !== mark[i]) return false
  return true
}

const colon = 0x3a

/** The JSON value behind a key that ends at `end` says nothing: null, false, "" or []. False when it is no key. */
function isEmptyValue(bytes: Uint8Array, end: number): boolean {
  let at = skipBlanks(bytes, end)
  if (bytes[at] !== colon) return false
  at = skipBlanks(bytes, at + 1)
  const first = bytes[at]
  const second = bytes[at + 1]
  // n(ull), f(alse), "", []
  return first === 0x6e || first === 0x66 || (first === 0x22 && second === 0x22) || (first === 0x5b && second === 0x5d)
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++
  return at
}
