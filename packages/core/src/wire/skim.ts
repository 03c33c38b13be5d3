import { decodeUtf8, parseJson } from './json.ts'
import { findMarks, type MarkTable, makeMarkTable, matchMark } from './marks.ts'

const lf = 10

/** An event found by skimming: its data as sse.ts gives it, and the name of its `event:` line. */
export interface SkimmedEvent {
  readonly data: unknown
  readonly name: string
}

export interface SkimPlan {
  readonly table: MarkTable
  /** Which of the marks (by index) only count on their last line. */
  readonly last: ReadonlySet<number>
}

const plans = new WeakMap<readonly string[], SkimPlan>()

export function planSkim(marks: readonly string[], lastMarks: readonly string[]): SkimPlan {
  const known = plans.get(marks)
  if (known !== undefined) return known
  const plan = { table: makeMarkTable(marks), last: new Set(lastMarks.map((mark) => marks.indexOf(mark))) }
  plans.set(marks, plan)
  return plan
}

const doneTable = makeMarkTable(['[DONE]'])
/** Enough for the sentinel's line and what servers put around it. */
const doneTailBytes = 64

/** Whether the sentinel that ends OpenAI's streams stands in `bytes` as an event; most often it is the last thing there. */
export function hasDone(bytes: Uint8Array): boolean {
  const tail = decodeUtf8(bytes.subarray(Math.max(0, bytes.byteLength - doneTailBytes)))
  if (/(?:^|\n)data: ?\[DONE\]\s*$/.test(tail)) return true
  return findMarks(bytes, doneTable).some((end) => {
    const line = readLine(bytes, bytes.lastIndexOf(lf, end - 1) + 1).trim()
    return /^data: ?\[DONE\]$/.test(line)
  })
}

/**
 * The events of `bytes` that hold a mark, in order. `bytes` is whole lines of an SSE or NDJSON stream. Null when a marked line is no
 * event of its own (data over several lines, a line cut off): then only the full reader can tell.
 */
export function skimLines(bytes: Uint8Array, plan: SkimPlan): readonly SkimmedEvent[] | null {
  const starts: number[] = []
  let lastStart = -1
  let next = 0
  for (const end of findMarks(bytes, plan.table)) {
    if (end <= next) continue
    const start = bytes.lastIndexOf(lf, end - 1) + 1
    if (plan.last.has(matchMark(bytes, plan.table, end))) lastStart = start
    else {
      starts.push(start)
      next = findLineEnd(bytes, end)
    }
  }
  if (lastStart !== -1 && !starts.includes(lastStart)) {
    starts.push(lastStart)
    starts.sort((a, b) => a - b)
  }
  return readEvents(bytes, starts)
}

function readEvents(bytes: Uint8Array, starts: readonly number[]): readonly SkimmedEvent[] | null {
  const events: SkimmedEvent[] = []
  for (const start of starts) {
    const text = readLine(bytes, start).replace(/\r$/, '')
    // A CR ends a line for the full reader, and is a blank to JSON.
    if (text.includes('\r')) return null
    const data = text.startsWith('data:') ? parseJson(text.slice(5)) : parseJson(text)
    if (typeof data !== 'object') return null
    events.push({ data, name: readName(bytes, start) })
  }
  return events
}

function readLine(bytes: Uint8Array, start: number): string {
  return decodeUtf8(bytes.subarray(start, findLineEnd(bytes, start)))
}

function findLineEnd(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(lf, from)
  return end === -1 ? bytes.byteLength : end
}

/** The `event:` line stands before its data, perhaps with an `id:` line between. */
function readName(bytes: Uint8Array, dataStart: number): string {
  let start = dataStart
  while (start > 1) {
    const before = bytes.lastIndexOf(lf, start - 2) + 1
    const line = readLine(bytes, before).trim()
    if (line === '' || line.startsWith('{')) return ''
    if (line.startsWith('event:')) return line.slice(6).trim()
    start = before
  }
  return ''
}
