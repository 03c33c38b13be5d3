import type { LlmCall } from '@inferometer/core/call'
import type { TraceNode } from '@inferometer/core/trace-node'
import type { AppendResult, Refusal } from '../store.ts'
import type { Committed } from './messages.ts'
import { bytesOfNode, type NodeRow, toNodeRow } from './node-rows.ts'
import { createPage, type Page } from './page.ts'
import { PageWriter } from './page-writer.ts'

export interface QueueLimits {
  /** Calls and bytes accepted and not yet committed; beyond either, appends are refused as overloaded. */
  readonly maxRows: number
  readonly maxBytes: number
}

/** Commits the pages. It is answered by `settle`, in the order it was called. */
export type SendPages = (pages: readonly Page[], nodes: readonly NodeRow[]) => void

interface Group {
  readonly writer: PageWriter
  readonly nodes: NodeRow[]
  readonly appends: { readonly count: number; readonly resolve: (result: AppendResult) => void }[]
}

/** One commit in the works and one waiting at the worker, so that it need not wait for the main thread in between. */
const maxInFlight = 2
/** A commit of more than this would make the appends in it wait for too long. */
const groupRows = 8_192
const groupBytes = 8 * 2 ** 20
/** Pages kept for the next appends. */
const sparePages = 8

/**
 * Group commit: appends collect in a group while the worker is busy, and the group goes out as soon as it is not.
 * There is no timer, so an append that is alone is committed at once.
 */
export class AppendQueue {
  rows = 0
  bytes = 0
  readonly #limits: QueueLimits
  readonly #sendPages: SendPages
  readonly #waiting: Group[] = []
  readonly #inFlight: Group[] = []
  readonly #spare: Page[] = []
  #isOpen = true

  constructor(limits: QueueLimits, sendPages: SendPages) {
    this.#limits = limits
    this.#sendPages = sendPages
  }

  append(calls: readonly LlmCall[], nodes: readonly TraceNode[] = []): Promise<AppendResult> {
    if (this.rows >= this.#limits.maxRows || this.bytes >= this.#limits.maxBytes) return Promise.resolve(overloaded)
    return this.#add(calls, nodes)
  }

  /** Resolves when everything that was accepted is settled. */
  async drain(): Promise<void> {
    if (this.#isOpen) await this.#add([], [])
  }

  #add(calls: readonly LlmCall[], nodes: readonly TraceNode[]): Promise<AppendResult> {
    const group = this.#openGroup()
    const before = group.writer.bytes
    const rows = nodes.length === 0 ? noRows : nodes.map(toNodeRow)
    group.writer.write(calls)
    for (const row of rows) {
      group.nodes.push(row)
      group.writer.bytes += bytesOfNode(row)
    }
    this.rows += calls.length
    this.bytes += group.writer.bytes - before
    const result = new Promise<AppendResult>((resolve) => {
      group.appends.push({ count: calls.length, resolve })
    })
    this.#dispatch()
    return result
  }

  settle(committed: Committed): void {
    const group = this.#take(committed.pages)
    let { firstSeq } = committed
    let firstRow = 0
    let next = 0
    for (const { count, resolve } of group.appends) {
      const duplicates: number[] = []
      for (let row = committed.duplicates[next]; row !== undefined && row < firstRow + count; ) {
        duplicates.push(row - firstRow)
        row = committed.duplicates[++next]
      }
      const lastSeq = firstSeq + count - duplicates.length - 1
      resolve({ ok: true, firstSeq, lastSeq, duplicates })
      firstSeq = lastSeq + 1
      firstRow += count
    }
    this.#dispatch()
  }

  /** The oldest group that was sent is not recorded. */
  refuseOldest(refusal: Refusal, pages: readonly Page[]): void {
    for (const { resolve } of this.#take(pages).appends) resolve(refusal)
    this.#dispatch()
  }

  /** Refuses everything, sent or not, and sends nothing until `resume`. */
  refuseAll(refusal: Refusal): void {
    this.#isOpen = false
    const groups = [...this.#inFlight.splice(0), ...this.#waiting.splice(0)]
    this.rows = 0
    this.bytes = 0
    for (const group of groups) for (const { resolve } of group.appends) resolve(refusal)
  }

  resume(): void {
    this.#isOpen = true
    this.#dispatch()
  }

  #openGroup(): Group {
    const last = this.#waiting.at(-1)
    if (last && last.writer.rows < groupRows && last.writer.bytes < groupBytes) return last
    const group = { writer: new PageWriter(() => this.#spare.pop() ?? createPage()), nodes: [], appends: [] }
    this.#waiting.push(group)
    return group
  }

  #dispatch(): void {
    while (this.#isOpen && this.#inFlight.length < maxInFlight) {
      const group = this.#waiting.shift()
      if (!group) return
      if (group.appends.length === 0) continue
      this.#inFlight.push(group)
      this.#sendPages(group.writer.pages, group.nodes)
    }
  }

  #take(pages: readonly Page[]): Group {
    const group = this.#inFlight.shift()
    if (!group) throw new Error('BUG: the worker answered a commit that nobody asked for')
    this.rows -= group.writer.rows
    this.bytes -= group.writer.bytes
    for (const page of pages) {
      page.strings = []
      if (this.#spare.length < sparePages) this.#spare.push(page)
    }
    return group
  }
}

const noRows: readonly NodeRow[] = []

const overloaded: Refusal = {
  ok: false,
  reason: 'overloaded',
  message: 'more calls wait to be committed than the store keeps in memory',
  retryAfterMs: 250,
}
