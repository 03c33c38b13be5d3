/** Scans a text of any length piece by piece, in memory that does not grow with it. */

/** As the scanner gives it. */
interface Finding {
  readonly kind: 'pii' | 'injection' | 'shadow'
  readonly pattern: string
  readonly start: number
  readonly end: number
}

export type ScanText = (text: string) => readonly Finding[]

/** `line` and `column` from 1; `start` and `end` in the whole text. Columns and offsets are UTF-16 code units. */
export interface PlacedFinding extends Finding {
  readonly line: number
  readonly column: number
}

export interface TextScan {
  add(piece: string): void
  /** Scans what is left. */
  end(): void
}

const windowLength = 262_144
/** Longer than any match with what stands around it. */
const overlapLength = 20_480

export function createTextScan(scan: ScanText, onFinding: (finding: PlacedFinding) => void): TextScan {
  let pending = ''
  /** Of the first unit of `pending` in the whole text. */
  let base = 0
  /** Up to here in `pending` findings have been told. */
  let done = 0
  const place = createPlace()
  const take = (isLast: boolean) => {
    const settled = isLast ? pending.length : pending.length - overlapLength
    let next = settled
    for (const finding of scan(pending)) {
      if (finding.start < done || finding.start >= settled) continue
      const { line, column } = place.find(pending, base, finding.start)
      onFinding({ ...finding, start: finding.start + base, end: finding.end + base, line, column })
      if (finding.kind === 'pii') next = Math.max(next, finding.end)
    }
    const cut = Math.max(0, next - overlapLength)
    place.pass(pending, base, cut)
    pending = pending.slice(cut)
    base += cut
    done = next - cut
  }
  return {
    add(piece) {
      for (let at = 0; at < piece.length; at += windowLength) {
        pending += piece.slice(at, at + windowLength)
        if (pending.length >= windowLength + overlapLength) take(false)
      }
    },
    end: () => take(true),
  }
}

/** Lines are counted once, from the last place that was asked for. */
function createPlace() {
  let line = 1
  let lineStart = 0
  let counted = 0
  const count = (text: string, base: number, to: number) => {
    for (let at = counted - base; at < to; at++) {
      if (text.charCodeAt(at) !== 10) continue
      line++
      lineStart = base + at + 1
    }
    counted = Math.max(counted, base + to)
  }
  return {
    pass: count,
    find(text: string, base: number, at: number) {
      count(text, base, at)
      return { line, column: base + at - lineStart + 1 }
    },
  }
}
