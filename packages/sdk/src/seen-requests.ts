/** A request may still be made for a moment after its caller gave up. */
const graceMs = 1000

/**
 * Knows whether a request that goes out may belong to a watched fetch. Most are made while that fetch is being called, which is
 * certain; redirects and repetitions are made later and perhaps elsewhere, so as long as a watched fetch waits for its answer nothing
 * that goes out counts as missed.
 */
export class SeenRequests {
  readonly #nowMs: () => number
  #waiting = 0
  #leftMs = -Infinity

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  enter(): void {
    this.#waiting += 1
  }

  /** The answer is there, or will never be. */
  leave(): void {
    this.#waiting -= 1
    this.#leftMs = this.#nowMs()
  }

  /** A request that goes out now may be one of the watched. */
  mayCover(): boolean {
    return this.#waiting > 0 || this.#nowMs() - this.#leftMs < graceMs
  }
}
