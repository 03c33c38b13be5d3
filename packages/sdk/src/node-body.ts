import type { Readable } from 'node:stream'
import zlib from 'node:zlib'
import type { AttemptWatch } from './attempt-watch.ts'
import { classifyFailure } from './failure.ts'
import type { HeaderReader } from './header-reader.ts'

/** What the application compressed its request with, or gets compressed, is unpacked beside it; it unpacks for itself. */
const decoders: Readonly<Record<string, () => zlib.Gunzip | zlib.BrotliDecompress>> = {
  gzip: () => zlib.createGunzip({ finishFlush: zlib.constants.Z_SYNC_FLUSH }),
  'x-gzip': () => zlib.createGunzip({ finishFlush: zlib.constants.Z_SYNC_FLUSH }),
  deflate: () => zlib.createInflate({ finishFlush: zlib.constants.Z_SYNC_FLUSH }),
  br: () => zlib.createBrotliDecompress({ finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH }),
}

interface Sink {
  push(chunk: Uint8Array): void
  end(): void
}

/**
 * Watches the body of a response of node:http or http2. Node hands each piece to `push`, whoever reads it and however, and
 * calls `_destroy` when the stream ends early; so no listener is added and nothing begins to flow.
 */
export function tapNodeBody(
  body: Readable,
  attempt: AttemptWatch,
  options: { readonly headers: HeaderReader; readonly run: (action: () => void) => void },
): void {
  const { run } = options
  const sink = createSink(attempt, options.headers, run)
  const { push, _destroy: destroy } = body
  let whole = false
  body.push = function (chunk: unknown, encoding?: BufferEncoding) {
    const wantsMore = push.call(this, chunk, encoding)
    run(() => {
      if (chunk === null) {
        whole = true
        sink.end()
      } else if (chunk instanceof Uint8Array) sink.push(chunk)
    })
    return wantsMore
  }
  body._destroy = function (error, callback) {
    run(() => {
      // A stream that has ended is destroyed too.
      if (whole) return
      if (error === null) attempt.onEnd('cancelled', null)
      else attempt.onEnd('broken', classifyFailure(error, 'nobody'))
    })
    destroy.call(this, error, callback)
  }
}

function createSink(attempt: AttemptWatch, headers: HeaderReader, run: (action: () => void) => void): Sink {
  const complete = () => attempt.onEnd('complete', null)
  const encoding = (headers.get('content-encoding') ?? '').trim().toLowerCase()
  const decoder = decoders[encoding]?.()
  if (decoder === undefined) return { push: (chunk) => attempt.onChunk(chunk, 0), end: complete }
  decoder.on('data', (chunk: Uint8Array) => run(() => attempt.onChunk(chunk, 0)))
  decoder.on('end', () => run(complete))
  // What cannot be unpacked stays unread; the call still has its status and times.
  decoder.on('error', () => run(complete))
  return {
    push: (chunk) => {
      decoder.write(chunk)
    },
    end: () => {
      decoder.end()
    },
  }
}
