/**
 * Finds all of many literals in one pass: a dense Aho-Corasick automaton, one table look-up per code unit.
 * The table is states × symbols. Each folded ASCII unit of the literals is a symbol of its own; the many other letters
 * of the world share a few, so a hit of a literal with such letters is only likely and must be looked at.
 */
import { foldUnit, spaceUnit, zeroWidthUnits } from './fold.ts'

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

interface TrieNode {
  readonly children: Map<number, number>
  readonly literals: number[]
}

/** Further than any literal that is one character over and over. */
const runReach = 32

/**
 * `literals` as `foldLiteral` gives them; none may be empty. Of a literal that is one character over and over, and that
 * `isTakenOnce`, a longer run of that character is one hit and not one at each of its places.
 */
export function buildAutomaton(
  literals: readonly string[],
  isTakenOnce: (literal: number, runLength: number) => boolean = () => false,
): Automaton {
  const { symbolOf, symbolCount } = buildAlphabet(literals)
  const nodes = buildTrie(literals, symbolOf)
  const { table, hits, hitColumn } = buildTable(nodes, symbolCount)
  const hitsInRun = hits.map((list) => {
    const longest = list.reduce((most, literal) => Math.max(most, literals[literal]?.length ?? 0), 0)
    return list.filter((literal) => !isTakenOnce(literal, longest + 1))
  })
  return {
    stateCount: nodes.length,
    run(text, onHit) {
      const { length } = text
      let row = 0
      let at = 0
      let passedAt = -1
      while (at < length) {
        const symbol = symbolOf[text.charCodeAt(at++)] ?? noSymbol
        if (symbol === skipSymbol) {
          passedAt = at
          continue
        }
        const last = row
        row = table[row + symbol] ?? 0
        if (row < 0) {
          row = ~row
          // A state that leads to itself has seen nothing but this one character.
          const isRun = row === last && passedAt < at - runReach
          const found = (isRun ? hitsInRun : hits)[table[row + hitColumn] ?? 0] ?? none
          for (let each = 0; each < found.length; each++) onHit(found[each] ?? 0, at, passedAt)
        }
        if (symbol !== spaceSymbol) continue
        while (at < length && (symbolOf[text.charCodeAt(at)] ?? noSymbol) <= spaceSymbol) passedAt = ++at
      }
    },
  }
}

let foldedUnits: Uint16Array | undefined

/** Every code unit folded; made once, for all automata. */
function listFoldedUnits(): Uint16Array {
  foldedUnits ??= Uint16Array.from({ length: unitCount }, (_, unit) => foldUnit(unit))
  return foldedUnits
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

function buildTrie(literals: readonly string[], symbolOf: Uint8Array): readonly TrieNode[] {
  const nodes: TrieNode[] = [{ children: new Map(), literals: [] }]
  for (const [index, literal] of literals.entries()) {
    let state = 0
    for (let at = 0; at < literal.length; at++) {
      const symbol = symbolOf[literal.charCodeAt(at)] ?? noSymbol
      const known = nodes[state]?.children.get(symbol)
      const next = known ?? nodes.length
      if (known === undefined) {
        nodes[state]?.children.set(symbol, next)
        nodes.push({ children: new Map(), literals: [] })
      }
      state = next
    }
    nodes[state]?.literals.push(index)
  }
  return nodes
}

/**
 * Breadth first: a state's missing moves are those of the longest suffix that is a state too. A cell holds the place
 * where the next state's row begins, inverted when literals end in that state; their list's number is in the row's
 * last column.
 */
function buildTable(nodes: readonly TrieNode[], symbolCount: number) {
  const hitColumn = symbolCount
  const width = symbolCount + 1
  const table = new Int32Array(nodes.length * width)
  const hits: (readonly number[])[] = [[]]
  const suffixes = new Int32Array(nodes.length)
  const rowOf = (cell: number) => (cell < 0 ? ~cell : cell)
  // A state's own row must be done before it is a suffix, and whether it has hits must be known before it is a target.
  const queue: number[] = [0]
  for (const state of queue) {
    const row = state * width
    const suffixRow = suffixes[state] ?? 0
    for (let symbol = 0; symbol < symbolCount; symbol++) {
      const child = nodes[state]?.children.get(symbol)
      const viaSuffix = state === 0 ? 0 : (table[suffixRow + symbol] ?? 0)
      if (child === undefined) {
        table[row + symbol] = viaSuffix
        continue
      }
      suffixes[child] = rowOf(viaSuffix)
      const childRow = child * width
      const inherited = table[rowOf(viaSuffix) + hitColumn] ?? 0
      const own = nodes[child]?.literals ?? []
      if (own.length > 0) hits.push([...own, ...(hits[inherited] ?? [])])
      const hit = own.length > 0 ? hits.length - 1 : inherited
      table[childRow + hitColumn] = hit
      table[row + symbol] = hit > 0 ? ~childRow : childRow
      queue.push(child)
    }
  }
  return { table, hits, hitColumn }
}
