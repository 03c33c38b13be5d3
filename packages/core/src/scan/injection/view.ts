/** A text as it would read without a disguise, each of its code units with the place it came from. */
export interface View {
  readonly text: string
  /** By unit of the view: start and end of what it stands for, in the text it was made from. */
  readonly from: Int32Array
  readonly to: Int32Array
  /** The spaces between its words are gone too. */
  readonly isJoined?: boolean
}

export class ViewBuilder {
  #text = ''
  readonly #from: number[] = []
  readonly #to: number[] = []

  push(text: string, from: number, to: number): void {
    this.#text += text
    for (let at = 0; at < text.length; at++) {
      this.#from.push(from)
      this.#to.push(to)
    }
  }

  get length(): number {
    return this.#from.length
  }

  build(): View {
    return { text: this.#text, from: Int32Array.from(this.#from), to: Int32Array.from(this.#to) }
  }
}

/** The range of the original that units `start` to `end` of the view stand for. */
export function mapBack({ from, to }: View, start: number, end: number): { start: number; end: number } {
  // A view may turn the text around.
  const first = from[start] ?? 0
  const last = to[Math.max(start, end - 1)] ?? first
  if (first < last) return { start: first, end: last }
  return { start: from[Math.max(start, end - 1)] ?? 0, end: to[start] ?? first }
}

/** A view of a view, as one of the first text. */
export function composeViews(outer: View, inner: View): View {
  const from = inner.from.map((at) => outer.from[at] ?? 0)
  const to = inner.to.map((at) => outer.to[Math.max(0, at - 1)] ?? 0)
  return { text: inner.text, from, to }
}
