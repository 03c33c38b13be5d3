/** Which rows of a long table are on screen, and where they stand. */

export interface RowWindow {
  readonly first: number
  /** Exclusive. */
  readonly last: number
  /** Of the space that is scrolled through. */
  readonly heightPx: number
  /** Where the first row stands in that space. */
  readonly topPx: number
  /** Where the view would stand if every row had its height. */
  readonly realTopPx: number
  /** Pixels of rows for each pixel of the scrollbar; 1 until the table is higher than browsers allow. */
  readonly ratio: number
  readonly viewPx: number
}

/** Browsers stop at 17 million pixels (Firefox) and 33 million (Chromium). */
const heightAtMostPx = 8_000_000
/** Rows beyond the edges, so that a fast scroll does not show them coming. */
const spareRows = 6

interface Asked {
  readonly count: number
  readonly heightPx: number
  readonly scrollPx: number
  readonly viewPx: number
}

export function placeRows({ count, heightPx, scrollPx, viewPx }: Asked): RowWindow {
  const realPx = count * heightPx
  const spacePx = Math.min(realPx, heightAtMostPx)
  const ratio = spacePx > viewPx ? Math.max(1, (realPx - viewPx) / (spacePx - viewPx)) : 1
  const realTopPx = Math.max(0, Math.min(scrollPx * ratio, realPx - viewPx))
  const first = Math.max(0, Math.floor(realTopPx / heightPx) - spareRows)
  const last = Math.min(count, Math.ceil((realTopPx + viewPx) / heightPx) + spareRows)
  return { first, last, heightPx: spacePx, topPx: scrollPx - (realTopPx - first * heightPx), realTopPx, ratio, viewPx }
}
