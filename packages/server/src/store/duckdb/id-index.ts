import { randomInt } from 'node:crypto'

/** A call's identity as six 32-bit words: four of the trace id, two of the span id. */
export type IdWords = Uint32Array

export interface SeqRange {
  readonly firstSeq: number
  readonly lastSeq: number
}

interface Table {
  firstSeq: number
  lastSeq: number
  count: number
  /** Fingerprints; 0 is an empty place. */
  readonly slots: Uint32Array
}

const maxSlots = 2 ** 20
const nowhere: readonly SeqRange[] = []

/**
 * Which ids may have been recorded. 'Nowhere' is certain; a range is right but for about one id in 10⁷, so only what
 * is found here needs a look into the files.
 *
 * Kept are 32-bit fingerprints in open-addressed tables of up to 2²⁰ places, three quarters full: 5.3 MB for a million
 * ids. A full table is followed by a new one, so growing never stops the writer to move what is there, and each table
 * knows the seqs it stands for, which bounds the look into the files. An id whose commit failed may stay: it is found
 * here, not found in the files, and accepted.
 */
export class IdIndex {
  readonly #tables: Table[] = []
  // Drawn anew by each process, so that nobody can choose ids that collide.
  readonly #seed = randomInt(2 ** 32)
  #place = 0
  #fingerprint = 0

  find(id: IdWords): readonly SeqRange[] {
    this.#hash(id)
    let found: SeqRange[] | undefined
    for (const table of this.#tables) {
      if (!holds(table.slots, this.#place, this.#fingerprint)) continue
      found ??= []
      found.push(table)
    }
    return found ?? nowhere
  }

  /** The range must contain the seq the call has or is going to have. */
  add(id: IdWords, range: SeqRange): void {
    const table = this.#tableWithRoom()
    this.#hash(id)
    const mask = table.slots.length - 1
    let slot = this.#place & mask
    while (table.slots[slot] !== 0) slot = (slot + 1) & mask
    table.slots[slot] = this.#fingerprint
    table.count++
    table.firstSeq = Math.min(table.firstSeq, range.firstSeq)
    table.lastSeq = Math.max(table.lastSeq, range.lastSeq)
  }

  /** Forgets the tables that hold nothing after the seq. */
  dropThrough(seq: number): void {
    const kept = this.#tables.filter(({ lastSeq }) => lastSeq > seq)
    this.#tables.splice(0, this.#tables.length, ...kept)
  }

  #tableWithRoom(): Table {
    const last = this.#tables.at(-1)
    if (last && last.count < last.slots.length * 0.75) return last
    const places = Math.min(maxSlots, (last?.slots.length ?? 2 ** 14) * 2)
    const table = { firstSeq: Number.MAX_SAFE_INTEGER, lastSeq: 0, count: 0, slots: new Uint32Array(places) }
    this.#tables.push(table)
    return table
  }

  /** Two lanes of MurmurHash3's mixing (github.com/aappleby/smhasher): ids need not be random, counters are common. */
  #hash(id: IdWords): void {
    let one = this.#seed
    let two = ~this.#seed
    // Not for…of, which takes a third longer over a typed array: this runs for every call.
    for (let index = 0; index < 6; index++) {
      const word = id[index] ?? 0
      one = Math.imul(rotate(one ^ Math.imul(word, 0xcc9e2d51), 13), 5) + 0xe6546b64
      two = Math.imul(rotate(two ^ Math.imul(word, 0x1b873593), 15), 9) + 0x38b34ae5
    }
    this.#place = finish(one)
    // Zero means empty.
    this.#fingerprint = finish(two ^ Math.imul(one, 0x9e3779b1)) || 1
  }
}

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))

function finish(hash: number): number {
  let value = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

function holds(slots: Uint32Array, place: number, fingerprint: number): boolean {
  const mask = slots.length - 1
  for (let slot = place & mask; ; slot = (slot + 1) & mask) {
    const found = slots[slot]
    if (found === fingerprint) return true
    if (found === 0) return false
  }
}
