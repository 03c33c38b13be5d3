/**
 * Sees a whole answer as the application gets it from json(), text(), arrayBuffer() or bytes(): the body is read once, by the
 * application, and nothing stands between it and its bytes. The response stays the same object; its methods are replaced by way of
 * its prototype. An application that wants the body itself, a copy of the response or a form gets a watched stream (stream.ts).
 */
import { tapResponse } from './response-tap.ts'
import type { TapOptions } from './stream.ts'

export interface AnswerSink {
  /** A parsed answer, before the application has it: what is kept of it must be copied. */
  onWhole(value: unknown): void
}

export interface AnswerTapOptions extends TapOptions {
  readonly sink: TapOptions['sink'] & AnswerSink
}

export function tapAnswer(response: Response, options: AnswerTapOptions): void {
  if (response.body === null) {
    options.sink.onEnd()
    return
  }
  replacePrototype(response)
  Object.defineProperty(response, watchKey, { value: new AnswerWatch(options), writable: true })
}

const watchKey = Symbol('inferometer.answer')
const encoder = new TextEncoder()

class AnswerWatch {
  readonly options: AnswerTapOptions

  constructor(options: AnswerTapOptions) {
    this.options = options
  }

  readonly onJson = (value: unknown): void => this.options.sink.onWhole(value)

  readonly onText = (value: unknown): void => {
    if (typeof value === 'string') this.#onBytes(encoder.encode(value))
  }

  readonly onBuffer = (value: unknown): void => {
    if (value instanceof ArrayBuffer) this.#onBytes(new Uint8Array(value))
    else if (value instanceof Uint8Array) this.#onBytes(value)
  }

  /** Text that is no JSON was read to its end all the same. */
  readonly onError = (error: unknown): void => {
    if (error instanceof SyntaxError) this.options.sink.onEnd()
    else this.options.sink.onBroken(error)
  }

  #onBytes(bytes: Uint8Array): void {
    this.options.sink.onChunk(bytes, 0)
    this.options.sink.onEnd()
  }
}

interface Watched {
  [watchKey]?: AnswerWatch | null
}

/** The watch of a response whose body nobody has asked for yet. From then on it has none. */
function takeWatch(response: Response): AnswerWatch | null {
  const watch = (response as Watched)[watchKey] ?? null // a symbol of ours
  if (watch !== null) (response as Watched)[watchKey] = null
  return watch
}

const prototypes = new WeakMap<object, object>()

function replacePrototype(response: Response): void {
  const original: object = Object.getPrototypeOf(response)
  let tapped = prototypes.get(original)
  if (tapped === undefined) {
    tapped = makePrototype(original)
    prototypes.set(original, tapped)
  }
  Object.setPrototypeOf(response, tapped)
}

type Method = (this: Response, ...args: unknown[]) => unknown
type Note = 'onJson' | 'onText' | 'onBuffer'

function makePrototype(original: object): object {
  const tapped: object = Object.create(original)
  const readers: [string, Note][] = [
    ['json', 'onJson'],
    ['text', 'onText'],
    ['arrayBuffer', 'onBuffer'],
    ['bytes', 'onBuffer'],
  ]
  for (const [name, note] of readers) {
    const method = name in original ? watchReader(original, name, note) : null
    if (method !== null) hide(tapped, name, { value: method, writable: true })
  }
  for (const name of ['blob', 'formData', 'clone'])
    hide(tapped, name, { value: openFirst(original, name), writable: true })
  hide(tapped, 'body', {
    get(this: Response) {
      openStream(this, original)
      return readBody(this, original)
    },
  })
  return tapped
}

function hide(object: object, name: string, descriptor: PropertyDescriptor): void {
  Object.defineProperty(object, name, { ...descriptor, configurable: true })
}

/** The method as it was. Looked up at each use: somebody else may replace it later. */
function originalOf(prototype: object, name: string): Method {
  return Reflect.get(prototype, name) as Method // names of methods that every response has
}

function readBody(response: Response, original: object): unknown {
  return Reflect.get(original, 'body', response)
}

/** The application gets a promise that follows the original: to listen to that alone would count as handling its rejection. */
function watchReader(original: object, name: string, note: Note): Method {
  return function (...args) {
    const promise = originalOf(original, name).apply(this, args)
    const watch = takeWatch(this)
    if (watch === null || !(promise instanceof Promise)) return promise
    const { guard } = watch.options
    return promise.then(
      (value: unknown) => {
        guard.call(watch[note], value)
        return value
      },
      (error: unknown) => {
        guard.call(watch.onError, error)
        throw error
      },
    )
  }
}

function openFirst(original: object, name: string): Method {
  return function (...args) {
    openStream(this, original)
    return originalOf(original, name).apply(this, args)
  }
}

function openStream(response: Response, original: object): void {
  const watch = takeWatch(response)
  if (watch === null) return
  Object.setPrototypeOf(response, original)
  watch.options.guard.run(() => tapResponse(response, watch.options))
}
