import { randomInt } from 'node:crypto'

/**
 * Which ids may have been recorded. Answers 'no' for certain and 'yes' with an error of about 1 in 10⁷, so that only
 * a 'yes' needs a look into the files.
 *
 * Kept are 32-bit fingerprints in open-addressed tables of up to 2²⁰ places, three quarters full: 5.3 MB for a million
 * ids. A full table is followed by a new one, so growing never stops the writer to move what is there, and each table
 * knows the range of seqs it stands for, which bounds where a 'yes' has to be looked up.
 */
export class IdIndex {
  readonly #tables: Table[] = []
  // Drawn anew by each process, so that nobody can make ids that collide.
  readonly #seeds = [randomInt(2 ** 32), randomInt(2 ** 32)] as const

  /** The ranges of seqs in which the id may be. */
  find(id: Id): readonly SeqRange[] {
    const [place, fingerprint] = this.#hash(id)
    const found: SeqRange[] = []
    for (const table of this.#tables) if (hasFingerprint(table, place, fingerprint)) found.push(table)
    return found.length === 0 ? nowhere : found
  }

  add(id: Id, seq: number): void {
    const table = this.#openTable()
    const [place, fingerprint] = this.#hash(id)
    const mask = table.slots.length - 1
    let slot = place & mask
    while (table.slots[slot] !== 0) slot = (slot + 1) & mask
    table.slots[slot] = fingerprint
    table.count++
    table.firstSeq = Math.min(table.firstSeq, seq)
    table.lastSeq = Math.max(table.lastSeq, seq)
  }
}
