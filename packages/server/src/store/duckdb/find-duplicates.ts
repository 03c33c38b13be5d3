import { readIdWords, toIdText } from './call-ids.ts'
import { columns } from './columns.ts'
import type { IdIndex, SeqRange } from './id-index.ts'
import { type Page, pageColumns, pageRows } from './page.ts'

/** Answers which of the ids (48 hex digits) are recorded with a seq in the range. */
export type FindRecorded = (ids: readonly string[], range: SeqRange) => Promise<ReadonlySet<string>>

interface Candidate {
  readonly row: number
  readonly id: string
  readonly ranges: readonly SeqRange[]
}

export interface Search {
  readonly index: IdIndex
  readonly findRecorded: FindRecorded
  /** The seq that the first of the rows would get. */
  readonly firstSeq: number
}

/**
 * The rows, counted over all pages and ascending, whose ids are recorded or stand in an earlier row. The ids of the
 * others are in the index afterwards.
 */
export async function findDuplicates(pages: readonly Page[], search: Search): Promise<readonly number[]> {
  const candidates = addIds(pages, search)
  if (candidates.length === 0) return []
  const seen = await recordedIds(candidates, search.findRecorded)
  // An id that the index did not know cannot stand in an earlier candidate, so the order among the two is no matter.
  const suspects = new Set(candidates.map(({ row }) => row))
  forEachId(pages, (id, row) => {
    if (!suspects.has(row)) seen.add(toIdText(id))
  })
  const duplicates: number[] = []
  for (const { row, id } of candidates) {
    if (seen.has(id)) duplicates.push(row)
    else seen.add(id)
  }
  return duplicates
}

function addIds(pages: readonly Page[], { index, firstSeq }: Search): Candidate[] {
  const rows = pages.reduce((sum, page) => sum + page.rows, 0)
  const range = { firstSeq, lastSeq: firstSeq + rows - 1 }
  const candidates: Candidate[] = []
  forEachId(pages, (id, row) => {
    const ranges = index.find(id)
    if (ranges.length === 0) index.add(id, range)
    else candidates.push({ row, id: toIdText(id), ranges })
  })
  return candidates
}

async function recordedIds(candidates: readonly Candidate[], findRecorded: FindRecorded): Promise<Set<string>> {
  const byRange = new Map<SeqRange, string[]>()
  for (const { id, ranges } of candidates) {
    for (const range of ranges) {
      const ids = byRange.get(range)
      if (ids) ids.push(id)
      else byRange.set(range, [id])
    }
  }
  const recorded = new Set<string>()
  for (const [range, ids] of byRange) for (const id of await findRecorded(ids, range)) recorded.add(id)
  return recorded
}

function offsetOf(field: 'traceId' | 'spanId'): number {
  const place = pageColumns[columns.findIndex((column) => column.field === field)]
  if (!place) throw new Error(`BUG: the page has no column ${field}`)
  return place.offset
}
const traceOffset = offsetOf('traceId')
const spanOffset = offsetOf('spanId')

function forEachId(pages: readonly Page[], visit: (id: Uint32Array, row: number) => void): void {
  const id = new Uint32Array(6)
  let firstRow = 0
  for (const { buffer, rows } of pages) {
    const traces = new Uint32Array(buffer, traceOffset, pageRows * 4)
    const spans = new Uint32Array(buffer, spanOffset, pageRows * 2)
    for (let row = 0; row < rows; row++) {
      readIdWords({ traces, spans }, row, id)
      visit(id, firstRow + row)
    }
    firstRow += rows
  }
}
