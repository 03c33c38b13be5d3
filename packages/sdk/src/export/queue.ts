import type { LlmCall } from '@inferometer/core/call'

/** Finished calls that wait for their export. Bounded; one that does not fit is refused. */
export class CallQueue {
  readonly #maxCalls: number
  readonly #maxBytes: number
  #calls: LlmCall[] = []
  #head = 0
  #bytes = 0

  constructor(maxCalls: number, maxBytes: number) {
    this.#maxCalls = maxCalls
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#calls.length - this.#head
  }

  push(call: LlmCall): boolean {
    const bytes = call.content === null ? 0 : contentBytes(call)
    if (this.size >= this.#maxCalls || this.#bytes + bytes > this.#maxBytes) return false
    this.#calls.push(call)
    this.#bytes += bytes
    return true
  }

  /** Takes calls back to the front, as many as fit. Gives the number of those that do not: the newest. */
  putBack(calls: readonly LlmCall[]): number {
    const room = Math.max(0, this.#maxCalls - this.size)
    const kept = calls.slice(0, room)
    this.#calls = [...kept, ...this.#calls.slice(this.#head)]
    this.#head = 0
    for (const call of kept) if (call.content !== null) this.#bytes += contentBytes(call)
    return calls.length - kept.length
  }

  /** The oldest calls. */
  take(count: number): LlmCall[] {
    const taken = this.#calls.slice(this.#head, this.#head + count)
    this.#head += taken.length
    for (const call of taken) if (call.content !== null) this.#bytes -= contentBytes(call)
    if (this.#head === this.#calls.length) {
      this.#calls = []
      this.#head = 0
    } else if (this.#head > 4096) {
      this.#calls = this.#calls.slice(this.#head)
      this.#head = 0
    }
    return taken
  }
}

/** In memory a character takes up to two bytes. Everything else in a call is small and bounded by the number of calls. */
function contentBytes({ content }: LlmCall): number {
  const input = content?.input?.reduce((sum, message) => sum + message.text.length, 0) ?? 0
  return 2 * (input + (content?.output?.length ?? 0))
}
