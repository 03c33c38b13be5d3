/** Addresses of the watched requests that wait for their answer, to tell them from ones that were missed. */
export class SeenRequests {
  readonly #waiting = new Map<string, number>()

  enter(address: string): void {
    this.#waiting.set(address, (this.#waiting.get(address) ?? 0) + 1)
  }

  /** The answer is there. */
  leave(address: string): void {
    const count = this.#waiting.get(address) ?? 1
    if (count > 1) this.#waiting.set(address, count - 1)
    else this.#waiting.delete(address)
  }

  has(address: string): boolean {
    return this.#waiting.has(address)
  }
}
