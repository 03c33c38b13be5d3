/**
 * Finds all of many literals in one pass: a dense Aho-Corasick automaton, one table look-up per code unit.
 * The table is states × alphabet, where the alphabet holds only the folded units that the literals contain.
 */
import { foldUnit, spaceUnit, zeroWidthUnits } from './fold.ts'

export interface Automaton {
  /**
   * Calls `onHit(literal, end)` for each occurrence, by ascending end (exclusive, in the text's code units).
   * A run of white space counts as one space and zero-width characters count as nothing.
   */
  run(text: string, onHit: (literal: number, end: number) => void): void
  readonly stateCount: number
}

const unitCount = 65_536
/** Symbol of every unit that no literal contains. */
const noSymbol = 0
const skipSymbol = 255
const symbolsMax = 254

interface TrieNode {
  readonly children: Map<number, number>
  readonly literals: number[]
}

/** `literals` as `foldLiteral` gives them; none may be empty. */
export function buildAutomaton(literals: readonly string[]): Automaton {
  const { symbolOf, symbolCount } = buildAlphabet(literals)
  const nodes = buildTrie(literals, symbolOf)
  const hitColumn = symbolCount
  const { table, hits } = buildTable(nodes, symbolCount)
  const spaceSymbol = symbolOf[spaceUnit] ?? noSymbol
  return {
    stateCount: nodes.length,
    run(text, onHit) {
      let row = 0
      let last = noSymbol
      for (let at = 0; at < text.length; at++) {
        const symbol = symbolOf[text.charCodeAt(at)] ?? noSymbol
        if (symbol === skipSymbol) continue
        if (symbol === spaceSymbol && last === spaceSymbol && symbol !== noSymbol) continue
        last = symbol
        row = table[row + symbol] ?? 0
        const hit = table[row + hitColumn] ?? noHit
        if (hit !== noHit) for (const literal of hits[hit - 1] ?? []) onHit(literal, at + 1)
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
  const symbols = new Map<number, number>()
  for (const literal of literals)
    for (let at = 0; at < literal.length; at++) {
      const unit = literal.charCodeAt(at)
      if (!symbols.has(unit)) symbols.set(unit, symbols.size + 1)
    }
  if (symbols.size > symbolsMax)
    throw new RangeError(`Cannot build automaton: more than ${symbolsMax} different characters`)
  const symbolOfFolded = new Uint8Array(unitCount)
  for (const [unit, symbol] of symbols) symbolOfFolded[unit] = symbol
  const folded = listFoldedUnits()
  const symbolOf = new Uint8Array(unitCount)
  for (let unit = 0; unit < unitCount; unit++) symbolOf[unit] = symbolOfFolded[folded[unit] ?? 0] ?? noSymbol
  for (const unit of zeroWidthUnits) symbolOf[unit] = skipSymbol
  return { symbolOf, symbolCount: symbols.size + 1 }
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

/** In a state's last column: the number of its list of hits, counted from one. */
const noHit = 0

/** Breadth first: a state's missing moves are those of the longest suffix that is a state too. */
function buildTable(nodes: readonly TrieNode[], symbolCount: number) {
  const width = symbolCount + 1
  const table = new Uint32Array(nodes.length * width)
  const hits: (readonly number[])[] = []
  const suffixRow = new Uint32Array(nodes.length)
  const queue: number[] = [0]
  for (const state of queue) {
    const node = nodes[state]
    if (!node) continue
    const row = state * width
    const fallback = suffixRow[state] ?? 0
    const inherited = state === 0 ? noHit : (table[fallback + symbolCount] ?? noHit)
    if (node.literals.length > 0) {
      hits.push([...node.literals, ...(hits[inherited - 1] ?? [])])
      table[row + symbolCount] = hits.length
    } else table[row + symbolCount] = inherited
    for (let symbol = 0; symbol < symbolCount; symbol++) {
      const child = node.children.get(symbol)
      const viaSuffix = state === 0 ? 0 : (table[fallback + symbol] ?? 0)
      table[row + symbol] = child === undefined ? viaSuffix : child * width
      if (child === undefined) continue
      suffixRow[child] = viaSuffix
      queue.push(child)
    }
  }
  return { table, hits }
}
