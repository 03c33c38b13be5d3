/**
 * Sees a whole answer as the application gets it from json(), text(), arrayBuffer() or bytes(): the body is read once, by the
 * application, and nothing stands between it and its bytes. The response stays the same object; its methods are replaced by way of
 * its prototype. An application that wants the body itself, a copy of the response or a form gets a watched stream (stream.ts).
 */
import { tapResponse } from './response-tap.ts'
import type { TapOptions } from './stream.ts'

export interface AnswerSink {
  /** The text of the whole answer. */
  onText(text: string): void
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
  // In this order: objects that get a property behind another prototype share no shape, and every look at them is a slow one.
  Object.defineProperty(response, watchKey, { value: options, writable: true })
  replacePrototype(response)
}

const watchKey = Symbol('inferometer.answer')

interface Watched {
  [watchKey]?: AnswerTapOptions | null
}

/** The watch of a response whose body nobody has asked for yet. From then on it has none. */
function takeWatch(response: Response): AnswerTapOptions | null {
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
type Note = (sink: AnswerTapOptions['sink'], value: unknown) => void

const noteValue: Note = (sink, value) => sink.onWhole(value)

const noteText: Note = (sink, value) => {
  if (typeof value === 'string') sink.onText(value)
}

const noteBytes: Note = (sink, value) => {
  const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value
  if (bytes instanceof Uint8Array) sink.onChunk(bytes, 0)
  sink.onEnd()
}

/** Text that is no JSON was read to its end all the same. */
function noteError(sink: AnswerTapOptions['sink'], error: unknown): void {
  if (error instanceof SyntaxError) sink.onEnd()
  else sink.onBroken(error)
}

function makePrototype(original: object): object {
  const tapped: object = Object.create(original)
  const readers: [string, Note][] = [
    ['text', noteText],
    ['arrayBuffer', noteBytes],
    ['bytes', noteBytes],
  ]
  for (const [name, note] of readers) {
    const method = name in original ? watchReader(original, name, note) : null
    if (method !== null) hide(tapped, name, { value: method, writable: true })
  }
  hide(tapped, 'json', { value: watchJson(original), writable: true })
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
    const watch = promise instanceof Promise ? takeWatch(this) : null
    return watch === null ? promise : followRead(promise as Promise<unknown>, watch, note)
  }
}

function followRead(promise: Promise<unknown>, watch: AnswerTapOptions, note: Note): Promise<unknown> {
  const { guard, sink } = watch
  return promise.then(
    (value) => {
      guard.run(() => note(sink, value))
      return value
    },
    (error: unknown) => {
      guard.run(() => noteError(sink, error))
      throw error
    },
  )
}

/** A longer text costs more to parse again than its value to look through. */
const maxKeptText = 32 * 1024

const { json: builtInJson, text: builtInText } = Response.prototype

/**
 * The built-in json() parses what text() gives; so the text is taken, which nobody can change, and looked at when there is leisure.
 * Source: Fetch standard, "parse JSON from bytes". A json() of anybody else's may do anything, and its value is looked at at once.
 */
function watchJson(original: object): Method {
  const readValue = watchReader(original, 'json', noteValue)
  return function (...args) {
    const isBuiltIn =
      originalOf(original, 'json') === builtInJson && originalOf(original, 'text') === builtInText && args.length === 0
    const watch = isBuiltIn ? takeWatch(this) : null
    return watch === null ? readValue.apply(this, args) : readText(this, watch)
  }
}

function readText(response: Response, watch: AnswerTapOptions): Promise<unknown> {
  const { guard, sink } = watch
  return builtInText.call(response).then(
    (text) => {
      if (text.length > maxKeptText) return parseLong(text, watch)
      guard.run(() => sink.onText(text))
      return JSON.parse(text)
    },
    (error: unknown) => {
      guard.run(() => noteError(sink, error))
      throw error
    },
  )
}

function parseLong(text: string, { guard, sink }: AnswerTapOptions): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    guard.run(() => noteError(sink, error))
    throw error
  }
  guard.run(() => sink.onWhole(value))
  return value
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
  watch.guard.run(() => tapResponse(response, watch))
}
