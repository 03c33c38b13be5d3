/**
 * Sees what an application reads from a response body, without a stream in between: the application keeps the very stream
 * it would have had. The stream's methods are replaced on this one object by way of its prototype (a tenth of the time that
 * seven own properties take), and each promise of a read is listened to; the application gets the same promise.
 */

import type { Guard } from './guard.ts'

/** What is told of a body. Each chunk once and in order; then at most one end. */
export interface BodySink {
  /** `askedMs`: when the application asked for it. The chunk is the application's: copy what is kept. */
  onChunk(chunk: Uint8Array, askedMs: number): void
  onEnd(): void
  onCancel(): void
  onBroken(error: unknown): void
}

export interface TapOptions {
  readonly sink: BodySink
  readonly nowMs: () => number
  readonly guard: Guard
}

type Bytes = ReadableStream<Uint8Array>
type AnyReader = ReadableStreamDefaultReader<Uint8Array> | ReadableStreamBYOBReader
type Read = { readonly done: boolean; readonly value?: unknown }

/** The branches that `tee` and `clone` make of one body: what one of them has read is known for all. */
interface Body extends TapOptions {
  readBytes: number
  branches: number
}

/** One stream of a body, with how far it has been read. */
class Branch {
  readonly body: Body
  #offset: number
  #askedMs = 0
  #cancelled = false

  constructor(body: Body, offset: number) {
    this.body = body
    this.#offset = offset
  }

  /** The application asks for the next chunk. */
  ask(): void {
    this.#askedMs = this.body.nowMs()
  }

  /** For `then`: made once per stream and not per chunk. */
  readonly onRead = (read: Read): void => {
    try {
      this.#note(read)
    } catch (error) {
      this.body.guard.note(error)
    }
  }

  readonly onBroken = (error: unknown): void => this.body.guard.run(() => this.body.sink.onBroken(error))

  onCancel(): void {
    if (this.#cancelled) return
    this.#cancelled = true
    this.body.branches -= 1
    if (this.body.branches === 0) this.body.guard.run(() => this.body.sink.onCancel())
  }

  fork(): Branch {
    return new Branch(this.body, this.#offset)
  }

  #note({ done, value }: Read): void {
    const { body } = this
    if (value instanceof Uint8Array && value.byteLength > 0) {
      const known = body.readBytes - this.#offset
      this.#offset += value.byteLength
      if (this.#offset > body.readBytes) {
        body.readBytes = this.#offset
        body.sink.onChunk(known > 0 ? value.subarray(known) : value, this.#askedMs)
      }
    }
    if (done) body.sink.onEnd()
  }
}

/** One reader of a branch. */
class ReaderWatch {
  readonly branch: Branch
  released = false

  /**
   * `closed` tells that the stream broke, which a failed read does not: that may come of a lock given back, or of wrong arguments.
   * It is listened to from the start, so that this runs before the application reacts by giving up the stream.
   */
  constructor(reader: AnyReader, branch: Branch) {
    this.branch = branch
    reader.closed.then(undefined, (error: unknown) => {
      if (!this.released) branch.onBroken(error)
    })
  }
}

function ignoreFailedRead(): void {
  // A broken stream is told of by `closed`.
}

const branchKey = Symbol('inferometer.branch')
const readerKey = Symbol('inferometer.reader')

/** Watches both streams that a native `clone` made of a watched one. */
export function tapClones(watched: Bytes, clones: readonly Bytes[]): void {
  const branch = branchOf(watched)
  if (branch === undefined || clones.some((stream) => branchOf(stream) !== undefined)) return
  branch.body.branches += clones.length - 1
  for (const stream of clones) tapBranch(stream, branch.fork())
}

/** Watches the stream from now on. A stream that is locked or watched already is left alone. */
export function tapStream(stream: Bytes, options: TapOptions): void {
  if (stream.locked || branchOf(stream) !== undefined) return
  tapBranch(stream, new Branch({ ...options, readBytes: 0, branches: 1 }, 0))
}

function branchOf(stream: Bytes): Branch | undefined {
  return (stream as { [branchKey]?: Branch })[branchKey] // a symbol of ours: absent or a Branch
}

function watchOf(reader: AnyReader): ReaderWatch | undefined {
  return (reader as { [readerKey]?: ReaderWatch })[readerKey] // likewise
}

function tapBranch(stream: Bytes, branch: Branch): void {
  Object.defineProperty(stream, branchKey, { value: branch })
  replacePrototype(stream, streamPrototype)
}

function tapReader(reader: AnyReader, branch: Branch): void {
  // In this order: objects that get a property behind another prototype share no shape, and every look at them is a slow one.
  Object.defineProperty(reader, readerKey, { value: new ReaderWatch(reader, branch) })
  replacePrototype(reader, readerPrototype)
}

const prototypes = new WeakMap<object, object>()

function replacePrototype(object: object, make: (original: object) => object): void {
  const original: object = Object.getPrototypeOf(object)
  let tapped = prototypes.get(original)
  if (tapped === undefined) {
    tapped = make(original)
    prototypes.set(original, tapped)
  }
  Object.setPrototypeOf(object, tapped)
}

type Method = (...args: unknown[]) => unknown

/** The method as it was. Looked up at each use: somebody else may replace it later. */
function originalOf(prototype: object, name: PropertyKey): Method {
  return Reflect.get(prototype, name) as Method // names of methods that every stream or reader has
}

function hidden(methods: Record<PropertyKey, Method>): PropertyDescriptorMap {
  const descriptors: PropertyDescriptorMap = {}
  for (const name of Reflect.ownKeys(methods))
    descriptors[name as string] = { value: methods[name as string], writable: true, configurable: true } // symbols too
  return descriptors
}

function streamPrototype(original: object): object {
  const iterate = function (this: Bytes, ...args: unknown[]) {
    const iterator = originalOf(original, 'values').apply(this, args)
    return tapIterator(iterator, branchOf(this), args[0])
  }
  const methods: Record<PropertyKey, Method> = {
    getReader(this: Bytes, ...args) {
      const reader = originalOf(original, 'getReader').apply(this, args)
      const branch = branchOf(this)
      if (branch !== undefined) tapReader(reader as AnyReader, branch) // what getReader gives
      return reader
    },
    tee(this: Bytes, ...args) {
      const branches = originalOf(original, 'tee').apply(this, args) as [Bytes, Bytes] // what tee gives
      tapClones(this, branches)
      return branches
    },
    cancel(this: Bytes, ...args) {
      if (!this.locked) branchOf(this)?.onCancel()
      return originalOf(original, 'cancel').apply(this, args)
    },
    async pipeTo(this: Bytes, ...args) {
      const { stream, release } = openThrough(this)
      try {
        return await originalOf(original, 'pipeTo').apply(stream, args)
      } finally {
        release()
      }
    },
    pipeThrough(this: Bytes, ...args) {
      return originalOf(original, 'pipeThrough').apply(readThrough(this), args)
    },
    values: iterate,
  }
  // Named as the built-in one is not: it is the same function there too.
  methods[Symbol.asyncIterator] = iterate
  return Object.create(original, hidden(methods))
}

/**
 * Piping and, in some engines, the methods of Response read behind every public method of the stream; so they get one that
 * reads from it, chunk by chunk and no further. A locked stream is given back as it is: using it fails as it should.
 */
export function readThrough(stream: Bytes): Bytes {
  return openThrough(stream).stream
}

function openThrough(stream: Bytes): { readonly stream: Bytes; readonly release: () => void } {
  if (stream.locked) return { stream, release: () => undefined }
  const reader = stream.getReader()
  const release = () => reader.releaseLock()
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      const { done, value } = await reader.read()
      if (!done) return controller.enqueue(value)
      release()
      controller.close()
    },
    async cancel(reason) {
      await reader.cancel(reason)
      release()
    },
  }
  return { stream: new ReadableStream(source, { highWaterMark: 0 }), release }
}

/** Reactions to a promise run in the order of registration: this sees the chunk before the application can change it. */
function readerPrototype(original: object): object {
  const reading = original as { read(...args: unknown[]): Promise<Read> } // every reader's prototype
  const methods: Record<PropertyKey, Method> = {
    read(this: AnyReader, ...args) {
      const watch = watchOf(this)
      watch?.branch.ask()
      const promise = reading.read.apply(this, args)
      if (watch !== undefined) promise.then(watch.branch.onRead, ignoreFailedRead)
      return promise
    },
    cancel(this: AnyReader, ...args) {
      const watch = watchOf(this)
      if (watch?.released === false) watch.branch.onCancel()
      return originalOf(original, 'cancel').apply(this, args)
    },
    releaseLock(this: AnyReader, ...args) {
      const result = originalOf(original, 'releaseLock').apply(this, args)
      const watch = watchOf(this)
      if (watch !== undefined) watch.released = true
      return result
    },
  }
  return Object.create(original, hidden(methods))
}

function tapIterator(iterator: unknown, branch: Branch | undefined, options: unknown): unknown {
  if (branch === undefined || !isIterator(iterator)) return iterator
  const { next, return: finish } = iterator
  let ended = false
  const onError = (error: unknown) => {
    ended = true
    branch.onBroken(error)
  }
  iterator.next = () => {
    branch.ask()
    const promise = next.call(iterator)
    promise.then(branch.onRead, onError)
    return promise
  }
  iterator.return = (...args) => {
    if (!ended && !keepsOpen(options)) branch.onCancel()
    ended = true
    return finish.apply(iterator, args)
  }
  return iterator
}

interface Iterator {
  next: () => Promise<Read>
  return: (...args: unknown[]) => Promise<Read>
}

function isIterator(value: unknown): value is Iterator {
  return typeof value === 'object' && value !== null && 'next' in value && 'return' in value
}

function keepsOpen(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'preventCancel' in options && Boolean(options.preventCancel)
}
