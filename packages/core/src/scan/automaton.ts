/**
 * Finds all of many literals in one pass: a dense Aho-Corasick automaton, one table look-up per code unit.
 * The table is states × symbols. Each folded ASCII unit of the literals is a symbol of its own; the many other letters
 * of the world share a few, so a hit of a literal with such letters is only likely and must be looked at.
 */
import { foldUnit, spaceUnit, zeroWidthUnits } from './fold.ts'
import { loadUnits } from './text-units.ts'

export interface Automaton {
  /**
   * Calls `onHit(literal, end, passedAt)` for each occurrence, by ascending end (exclusive, in the text's code units).
   * A run of white space counts as one space and zero-width characters count as nothing; `passedAt` is the last place
   * so far where a unit was passed over like that, or -1.
   */
  run(text: string, onHit: (literal: number, end: number, passedAt: number) => void): void
  readonly stateCount: number
}

const unitCount = 65_536
const skipSymbol = 0
const spaceSymbol = 1
/** Symbol of every unit that no literal contains. */
const noSymbol = 2
const firstSymbol = 3
const sharedSymbolCount = 41
const none: readonly number[] = []

/** Further than any literal that is one character over and over. */
const runReach = 32

interface Tables {
  readonly table: Int32Array
  readonly symbolOf: Uint8Array
  readonly hitColumn: number
  /** Lists of literals, and what is left of each where a run of one character goes on. */
  readonly lists: readonly (readonly number[])[]
  readonly listsInRun: readonly (readonly number[])[]
}

/** How far a text has been read, and what was seen since the hits were taken: number of the list, end, last place passed over. */
interface Progress {
  at: number
  row: number
  passedAt: number
  hitCount: number
  readonly hits: Int32Array
}

const hitWidth = 3
/** Hits are taken in portions, so that no text needs memory for all of its own. */
const portion = 512

/**
 * `literals` as `foldLiteral` gives them; none may be empty. Of a literal that is one character over and over, and that
 * `isTakenOnce`, a longer run of that character is one hit and not one at each of its places.
 */
export function buildAutomaton(
  literals: readonly string[],
  isTakenOnce: (literal: number, runLength: number) => boolean = () => false,
): Automaton {
  const { symbolOf, symbolCount } = buildAlphabet(literals)
  const { table, lists, stateCount } = buildTable(literals, symbolOf, symbolCount)
  const listsInRun = lists.map((list) => {
    const longest = list.reduce((most, literal) => Math.max(most, literals[literal]?.length ?? 0), 0)
    return list.filter((literal) => !isTakenOnce(literal, longest + 1))
  })
  const tables = { table, symbolOf, hitColumn: symbolCount, lists, listsInRun }
  const hits = new Int32Array(portion * hitWidth)
  return {
    stateCount,
    run(text, onHit) {
      const progress = { at: 0, row: 0, passedAt: -1, hitCount: 0, hits }
      do {
        readOn(text, tables, progress)
        for (let hit = 0; hit < progress.hitCount; hit += hitWidth) {
          const list = hits[hit] ?? 0
          const found = (list < 0 ? listsInRun[~list] : lists[list]) ?? none
          for (let each = 0; each < found.length; each++)
            onHit(found[each] ?? 0, hits[hit + 1] ?? 0, hits[hit + 2] ?? 0)
        }
      } while (progress.at < text.length)
    },
  }
}

/** Reads until the portion is full or the text is done. No calls in here: that is what makes it fast. */
function readOn(text: string, { table, symbolOf, hitColumn }: Tables, progress: Progress): void {
  const { hits } = progress
  const units = loadUnits(text)
  const { length } = text
  let { at, row, passedAt } = progress
  let count = 0
  while (at < length) {
    const next = table[row + (symbolOf[units[at++] ?? 0] ?? 0)] ?? 0
    if (next >= 0) {
      row = next
      continue
    }
    const isSame = row === ~next
    row = ~next
    if (isSame && (symbolOf[units[at - 1] ?? 0] ?? 0) <= spaceSymbol) {
      passedAt = at
      continue
    }
    const list = table[row + hitColumn] ?? 0
    // A state that leads to itself has seen nothing but this one character.
    hits[count] = isSame && passedAt < at - runReach ? ~list : list
    hits[count + 1] = at
    hits[count + 2] = passedAt
    count += hitWidth
    if (count === hits.length) break
  }
  progress.at = at
  progress.row = row
  progress.passedAt = passedAt
  progress.hitCount = count
}

let foldedUnits: Uint16Array | undefined

/** Every code unit folded; made once, for all automata. */
function listFoldedUnits(): Uint16Array {
  if (foldedUnits) return foldedUnits
  foldedUnits = new Uint16Array(unitCount)
  for (let unit = 0; unit < unitCount; unit++) foldedUnits[unit] = isCaseless(unit) ? unit : foldUnit(unit)
  return foldedUnits
}

/** Ideographs, hangul, halves of pairs and what is for private use: most units, and nothing to ask of them. */
function isCaseless(unit: number): boolean {
  return (unit >= 0x3001 && unit < 0xa000) || (unit >= 0xac00 && unit < 0xfb00)
}

function buildAlphabet(literals: readonly string[]): { readonly symbolOf: Uint8Array; readonly symbolCount: number } {
  const units = new Set<number>()
  for (const literal of literals) for (let at = 0; at < literal.length; at++) units.add(literal.charCodeAt(at))
  units.delete(spaceUnit)
  const symbolOfFolded = new Uint8Array(unitCount).fill(noSymbol)
  symbolOfFolded[spaceUnit] = spaceSymbol
  let symbolCount = firstSymbol
  for (const unit of units) if (unit < 128) symbolOfFolded[unit] = symbolCount++
  let sharedCount = 0
  for (const unit of units) {
    if (unit < 128) continue
    symbolOfFolded[unit] = symbolCount + (unit % sharedSymbolCount)
    sharedCount = sharedSymbolCount
  }
  const folded = listFoldedUnits()
  const symbolOf = new Uint8Array(unitCount)
  for (let unit = 0; unit < unitCount; unit++) symbolOf[unit] = symbolOfFolded[folded[unit] ?? 0] ?? noSymbol
  for (const unit of zeroWidthUnits) symbolOf[unit] = skipSymbol
  return { symbolOf, symbolCount: symbolCount + sharedCount }
}

/**
 * A cell holds the place where the next state's row begins, inverted when something is to be done there: literals end
 * in that state, and their list's number is in the row's last column; or the unit is passed over.
 */
function buildTable(literals: readonly string[], symbolOf: Uint8Array, symbolCount: number) {
  const width = symbolCount + 1
  const stateMax = literals.reduce((sum, { length }) => sum + length, 1)
  const roomy = new Int32Array(stateMax * width)
  const { stateCount, ends } = plantLiterals(literals, symbolOf, { table: roomy, width })
  const table = roomy.slice(0, stateCount * width)
  const lists = addSuffixes(table, width, ends)
  for (let row = 0; row < table.length; row += width) {
    const spaced = rowOf(table[row + spaceSymbol] ?? 0)
    if (spaced !== 0) table[spaced + spaceSymbol] = ~spaced
    table[row + skipSymbol] = ~row
  }
  return { table, lists, stateCount }
}

/**
 * The tree of the literals: cells hold numbers of states. Literals by the state that they end in. By length of what was seen, so that
 * the states in which most of a text is read lie together.
 */
function plantLiterals(
  literals: readonly string[],
  symbolOf: Uint8Array,
  { table, width }: { readonly table: Int32Array; readonly width: number },
): { readonly stateCount: number; readonly ends: ReadonlyMap<number, number[]> } {
  const ends = new Map<number, number[]>()
  const states = new Int32Array(literals.length)
  let stateCount = 1
  let isDone = false
  for (let at = 0; !isDone; at++) {
    isDone = true
    for (let index = 0; index < literals.length; index++) {
      const literal = literals[index] ?? ''
      if (at >= literal.length) continue
      isDone = false
      const cell = (states[index] ?? 0) * width + (symbolOf[literal.charCodeAt(at)] ?? noSymbol)
      if (table[cell] === 0) table[cell] = stateCount++
      states[index] = table[cell] ?? 0
    }
  }
  for (const [index, state] of states.entries()) {
    const same = ends.get(state)
    if (same) same.push(index)
    else ends.set(state, [index])
  }
  return { stateCount, ends }
}

const rowOf = (cell: number) => (cell < 0 ? ~cell : cell)

/** Breadth first: a state's missing moves are those of the longest suffix that is a state too. Gives the lists of hits. */
function addSuffixes(
  table: Int32Array,
  width: number,
  ends: ReadonlyMap<number, readonly number[]>,
): readonly (readonly number[])[] {
  const hitColumn = width - 1
  const lists: (readonly number[])[] = [none]
  const suffixRows = new Int32Array(table.length / width)
  // A state's own row must be done before it is a suffix, and whether it has hits must be known before it is a target.
  const queue = new Int32Array(table.length / width)
  let queued = 1
  for (let next = 0; next < queued; next++) {
    const state = queue[next] ?? 0
    const row = state * width
    const suffixRow = suffixRows[state] ?? 0
    for (let symbol = 0; symbol < hitColumn; symbol++) {
      const child = table[row + symbol] ?? 0
      const viaSuffix = state === 0 ? 0 : (table[suffixRow + symbol] ?? 0)
      if (child === 0) {
        table[row + symbol] = viaSuffix
        continue
      }
      suffixRows[child] = rowOf(viaSuffix)
      const childRow = child * width
      const inherited = table[rowOf(viaSuffix) + hitColumn] ?? 0
      const own = ends.get(child)
      if (own) lists.push([...own, ...(lists[inherited] ?? none)])
      const list = own ? lists.length - 1 : inherited
      table[childRow + hitColumn] = list
      table[row + symbol] = list > 0 ? ~childRow : childRow
      queue[queued++] = child
    }
  }
  return lists
}
