import type { ServerResponse } from 'node:http'
import { ErrorAnswer, type RestApp } from '../api.ts'
import type { CallFilter } from '../call-search.ts'
import { Refusal } from '../errors.ts'
import type { CallRoutesOptions, CallSource } from './call-routes.ts'
import { TailQuery } from './call-search-schema.ts'
import { toCallView } from './call-view.ts'
import { toFilter } from './to-filter.ts'

const tailsAtMost = 20
const pollMs = 250
/** Most calls of one poll: a reader of a screen follows no more, and the rest is in GET /v1/calls. */
const callsPerPoll = 200
/** What a reader may leave unread. */
const unreadBytesAtMost = 1024 * 1024
/** Proxies close connections that are silent for longer. */
const pollsPerComment = 60

/** GET /v1/calls/tail: calls as server-sent events, while they are recorded. */
export function addTailRoutes(app: RestApp, { store, now }: CallRoutesOptions): void {
  const tails = new Set<Tail>()
  app.get(
    '/v1/calls/tail',
    {
      schema: {
        tags: ['calls'],
        summary: 'Calls while they are recorded, as server-sent events: call, skipped, dropped',
        querystring: TailQuery,
        response: { 400: ErrorAnswer, 429: ErrorAnswer },
      },
    },
    async ({ query }, reply) => {
      const read = toFilter(query, now())
      if (!read.ok) throw new Refusal('invalid_request', null, { problems: read.problems })
      if (tails.size >= tailsAtMost) throw new Refusal('too_many_tails', `${tailsAtMost} are open`)
      reply.hijack()
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' })
      const tail = new Tail({ store, filter: read.filter, out: reply.raw })
      tails.add(tail)
      reply.raw.on('close', () => {
        tail.stop()
        tails.delete(tail)
      })
    },
  )
  app.addHook('preClose', async () => {
    for (const tail of tails) tail.end('the server is stopping')
  })
}

interface TailOptions {
  readonly store: Pick<CallSource, 'searchCalls' | 'state'>
  readonly filter: CallFilter
  readonly out: ServerResponse
}

class Tail {
  readonly #options: TailOptions
  readonly #timer: NodeJS.Timeout
  #seq: number
  #isReading = false
  #silentPolls = 0

  constructor(options: TailOptions) {
    this.#options = options
    this.#seq = options.store.state().lastSeq
    options.out.write(': calls recorded from now on\n\n')
    this.#timer = setInterval(() => void this.#poll(), pollMs).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** The last word is there when the reader comes back to what it left. */
  end(why: string): void {
    this.stop()
    this.#options.out.end(toEvent('dropped', { why }))
  }

  async #poll(): Promise<void> {
    if (this.#isReading) return
    const { store, filter, out } = this.#options
    if (out.writableLength > unreadBytesAtMost) {
      this.end('it is read more slowly than calls are recorded; GET /v1/calls has them all')
      return
    }
    const { lastSeq } = store.state()
    this.#silentPolls++
    if (this.#silentPolls >= pollsPerComment) this.#write(': still here\n\n')
    if (lastSeq <= this.#seq) return
    this.#isReading = true
    try {
      const found = await store.searchCalls({
        filter: { ...filter, afterSeq: this.#seq, throughSeq: lastSeq },
        sort: { by: 'seq', descending: true },
        after: null,
        offset: 0,
        limit: callsPerPoll + 1,
        withContent: false,
      })
      this.#seq = lastSeq
      this.#tell(found)
    } catch (error) {
      this.end(error instanceof Error ? error.message : String(error))
    } finally {
      this.#isReading = false
    }
  }

  #tell(found: Awaited<ReturnType<CallSource['searchCalls']>>): void {
    if (found.length > callsPerPoll) this.#write(toEvent('skipped', { why: `more than ${callsPerPoll} calls at once` }))
    for (const { seq, call } of found.slice(0, callsPerPoll).reverse()) {
      const { content, ...view } = toCallView(call, seq)
      this.#write(toEvent('call', view))
    }
  }

  #write(text: string): void {
    this.#silentPolls = 0
    this.#options.out.write(text)
  }
}

/** JSON has no line ends of its own, so one line of data is enough. */
const toEvent = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
