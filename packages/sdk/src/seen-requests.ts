/** Addresses of the watched requests that wait for their answer, to tell them from ones that were missed. */
export class SeenRequests {
  readonly #waiting = new Map<string, number>()

  /** Call the result when the answer is there. */
  enter(url: URL): () => void {
    const address = url.origin + url.pathname
    this.#waiting.set(address, (this.#waiting.get(address) ?? 0) + 1)
    return () => {
      const count = (this.#waiting.get(address) ?? 1) - 1
      if (count > 0) this.#waiting.set(address, count)
      else this.#waiting.delete(address)
    }
  }

  has(url: URL): boolean {
    return this.#waiting.has(url.origin + url.pathname)
  }
}
