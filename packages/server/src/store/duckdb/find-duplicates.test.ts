import { expect, it } from 'vitest'
import { makeCall, makeCalls, spanIdOf, traceIdOf } from '../sample-calls.cases.ts'
import { findDuplicates } from './find-duplicates.ts'
import { IdIndex, type SeqRange } from './id-index.ts'
import { createPage } from './page.ts'
import { PageWriter } from './page-writer.ts'

function pagesOf(calls: Parameters<PageWriter['write']>[0]) {
  const writer = new PageWriter(createPage)
  writer.write(calls)
  return writer.pages
}

/** Takes every id for one that may be recorded. */
class SuspiciousIndex extends IdIndex {
  override find(): readonly SeqRange[] {
    return [{ firstSeq: 1, lastSeq: 9 }]
  }
}

it('findDuplicates() asks the files only about ids the index knows', async () => {
  const index = new IdIndex()
  const asked: string[] = []
  const search = {
    index,
    firstSeq: 1,
    findRecorded: async (ids: readonly string[]) => {
      asked.push(...ids)
      return new Set(ids)
    },
  }
  expect(await findDuplicates(pagesOf(makeCalls(1, 3_000)), search)).toEqual([])
  expect(asked).toEqual([])
  expect(await findDuplicates(pagesOf([makeCall(5_000), makeCall(2_999)]), search)).toEqual([1])
  expect(asked).toEqual([traceIdOf(2_999) + spanIdOf(2_999)])
})

it('findDuplicates() takes no id for a duplicate that the files do not have, but one that is given twice', async () => {
  const search = { index: new SuspiciousIndex(), firstSeq: 10, findRecorded: async () => new Set<string>() }
  const calls = [makeCall(1), makeCall(2), makeCall(1), makeCall(3), makeCall(2)]
  expect(await findDuplicates(pagesOf(calls), search)).toEqual([2, 4])
})
