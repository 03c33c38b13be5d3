/** A wait that can be cut short, once and for all. Does not keep the process alive. */
export class Pause {
  #isOver = false
  #end: () => void = () => undefined

  wait(ms: number): Promise<void> {
    if (this.#isOver) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref()
      this.#end = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Ends the wait under way and every later one at once. */
  end(): void {
    this.#isOver = true
    this.#end()
  }
}
