import { readThrough, type TapOptions, tapClones, tapStream } from './stream.ts'

/**
 * Watches what is read from the response, which stays the same object. Undici reads bodies through the public methods
 * of their stream, so a watched stream is enough; Bun, Deno and Workers read natively, and there the methods of this one
 * response are replaced by ones that read through the stream.
 */
export function tapResponse(response: Response, options: TapOptions): void {
  const { body } = response
  if (body === null) {
    options.sink.onEnd()
    return
  }
  tapStream(body, options)
  if (!readsThroughStream()) tapMethods(response)
}

let answer: boolean | null = null

/** Whether the engine reads bodies through the public methods of their streams. */
export function readsThroughStream(): boolean {
  answer ??= probeEngine()
  return answer
}

function probeEngine(): boolean {
  const response = new Response('x')
  if (response.body === null) return false
  let asked = false
  const { body } = response
  const getReader = body.getReader
  Object.defineProperty(body, 'getReader', {
    value(this: ReadableStream, ...args: []) {
      asked = true
      return getReader.apply(this, args)
    },
  })
  response.text().catch(ignore)
  return asked
}

function ignore(): void {
  // The answer is whether the stream was asked, not what it held.
}

const readers = ['text', 'json', 'arrayBuffer', 'blob', 'bytes', 'formData'] as const

export function tapMethods(response: Response): void {
  for (const name of readers) {
    const original: unknown = Reflect.get(response, name)
    if (typeof original !== 'function') continue
    hide(response, name, function (this: Response, ...args: unknown[]) {
      const { body } = this
      if (body === null || body.locked || this.bodyUsed) return original.apply(this, args)
      const copy = new Response(readThrough(body), { headers: this.headers })
      return Reflect.apply(Reflect.get(copy, name), copy, args)
    })
  }
  const { clone } = response
  hide(response, 'clone', function (this: Response) {
    const watched = this.body
    const copy = clone.call(this)
    if (watched !== null && this.body !== null && copy.body !== null) {
      tapClones(watched, [this.body, copy.body])
      tapMethods(copy)
    }
    return copy
  })
}

function hide(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, configurable: true })
}
