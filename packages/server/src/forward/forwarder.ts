/** Every destination the server brings calls and metrics to, each in a loop of its own: none waits for another, and nothing waits for them. */
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { LlmCall } from '@inferometer/core/call'
import { encodeLogs } from '@inferometer/core/otlp/logs'
import { encodeTraces } from '@inferometer/core/otlp/traces'
import type { TraceNode } from '@inferometer/core/trace-node'
import type { FastifyBaseLogger } from 'fastify'
import type { CommittedCalls, CommittedItems, Forwardable, Measures } from './committed-calls.ts'
import { openCursor } from './cursor-file.ts'
import { type Address, createPoster, type Poster } from './http-post.ts'
import { toLogExport } from './log-export.ts'
import { toNodeExport } from './node-export.ts'
import { type DestinationMeter, Outbox, type OutboxState, type Pacing } from './outbox.ts'
import { createRefusedFile } from './refused-file.ts'
import { RemoteWrite } from './remote-write.ts'
import { countTextChars } from './split-batch.ts'
import { toTraceExport } from './trace-export.ts'
import { judgeAnswer, type Verdict } from './verdict.ts'
import type { Label, Sample } from './write-request.ts'

export interface Destinations {
  /** OTLP/HTTP traces. */
  readonly traces?: Address
  /** OTLP/HTTP logs. */
  readonly logs?: Address
  /** Prometheus remote write 1.0. */
  readonly remoteWrite?: Address & { readonly intervalMs: number }
}

interface LabelledCounter {
  add(labelValues: readonly string[], amount: number): void
}

export interface ForwardCounters {
  readonly forwarded: LabelledCounter
  readonly forwardFailed: LabelledCounter
  readonly forwardPoisoned: LabelledCounter
}

export interface ForwarderOptions {
  readonly destinations: Destinations
  readonly calls: CommittedCalls
  /** They go where the traces go. */
  readonly nodes?: CommittedItems<TraceNode>
  readonly listSamples: () => readonly Sample[]
  /** Labels that every series gets by remote write. */
  readonly labels: readonly Label[]
  /** Where the cursors are, and what was refused. Made when it is needed. */
  readonly dir: string
  readonly version: string
  readonly counters: ForwardCounters
  readonly logger: FastifyBaseLogger
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  readonly pacing?: Pacing
}

export interface DestinationState extends OutboxState {
  readonly name: string
}

export interface Forwarder {
  state(): readonly DestinationState[]
  /** Every destination has the calls up to this seq, and that is saved; Infinity where there is none. */
  handedOverSeq(): number
  /** Lets each destination finish what it can within `graceMs`, and saves how far it came. */
  close(graceMs: number): Promise<void>
}

interface Running {
  readonly name: string
  readonly loop: { state(): OutboxState; close(graceMs: number): Promise<void> }
  /** What is up to here is never asked for again. Of what has seqs of calls only. */
  readonly savedSeq: () => number
  readonly poster: Poster
}

/** Rejects when the cursors in `dir` cannot be read. */
export async function openForwarder(options: ForwarderOptions): Promise<Forwarder> {
  const { traces, logs, remoteWrite } = options.destinations
  const { version } = options
  const running: Running[] = []
  if (traces !== undefined) {
    const encode = (calls: readonly LlmCall[]) => encodeTraces(toTraceExport(calls, version))
    running.push(await openOutbox({ name: 'traces', address: traces, encode, ...ofCalls(options) }, options))
    if (options.nodes !== undefined) running.push(await openNodeOutbox(traces, options.nodes, options))
  }
  if (logs !== undefined) {
    const encode = (calls: readonly LlmCall[]) => encodeLogs(toLogExport(calls, version))
    running.push(await openOutbox({ name: 'logs', address: logs, encode, ...ofCalls(options) }, options))
  }
  if (remoteWrite !== undefined) running.push(openRemoteWrite(remoteWrite, options))
  return {
    state: () => running.map(({ name, loop }) => ({ name, ...loop.state() })),
    handedOverSeq: () => Math.min(...running.map(({ savedSeq }) => savedSeq())),
    async close(graceMs) {
      await Promise.all(running.map(({ loop }) => loop.close(graceMs)))
      for (const { poster } of running) poster.close()
    },
  }
}

interface Signal<T> {
  readonly name: string
  readonly address: Address
  readonly items: CommittedItems<T>
  readonly measures: Measures<T>
  readonly encode: (items: readonly T[]) => Uint8Array
}

function ofCalls({ calls }: ForwarderOptions): Pick<Signal<LlmCall>, 'items' | 'measures'> {
  return { items: calls, measures: { durationMs: ({ latencyMs }) => latencyMs, textChars: countTextChars } }
}

async function openNodeOutbox(
  address: Address,
  items: CommittedItems<TraceNode>,
  options: ForwarderOptions,
): Promise<Running> {
  const encode = (nodes: readonly TraceNode[]) => encodeTraces(toNodeExport(nodes, options.version))
  const measures: Measures<TraceNode> = {
    durationMs: ({ durationMs }) => durationMs,
    textChars: ({ name }) => name.length,
  }
  const running = await openOutbox({ name: 'nodes', address, items, measures, encode }, options)
  // Nodes have seqs of their own, and no totals depend on them: retention does not wait for them.
  return { ...running, savedSeq: () => Number.POSITIVE_INFINITY }
}

async function openOutbox<T extends Forwardable>(signal: Signal<T>, options: ForwarderOptions): Promise<Running> {
  const { name, address, encode, items, measures } = signal
  const { dir, logger, now, pacing } = options
  const cursor = await openCursor(join(dir, `${name}.json`))
  const poster = createNamedPoster(address, options)
  const loop = new Outbox({
    name,
    seq: cursor.seq,
    cursor,
    calls: items,
    measures,
    send: createSend(encode, poster),
    refusedFile: createRefusedFile(join(dir, `${name}-refused.jsonl`), now),
    meter: createMeter(name, options.counters),
    logger,
    now,
    ...(pacing !== undefined && { pacing }),
  })
  return { name, loop, poster, savedSeq: () => loop.savedSeq }
}

const zip = promisify(gzip)
const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }

function createSend<T>(encode: Signal<T>['encode'], poster: Poster) {
  return async (calls: readonly T[], signal: AbortSignal): Promise<Verdict> => {
    let body: Uint8Array
    try {
      body = encode(calls)
    } catch (error) {
      // One call that cannot be written must not hold up all those after it: it is isolated like one that is refused.
      return { kind: 'refused', reason: 'encode', answer: String(error) }
    }
    return judgeAnswer(await poster.post(await zip(body, { level: 1 }), { headers, signal }))
  }
}

function openRemoteWrite(destination: Address & { intervalMs: number }, options: ForwarderOptions): Running {
  const { listSamples, labels, logger, now, pacing } = options
  const name = 'metrics'
  const poster = createNamedPoster(destination, options)
  const { intervalMs } = destination
  const meter = createMeter(name, options.counters)
  const backoff = pacing && { backoff: pacing.backoff }
  const loop = new RemoteWrite({ name, poster, listSamples, labels, intervalMs, meter, logger, now, ...backoff })
  return { name, loop, poster, savedSeq: () => loop.savedSeq }
}

function createNamedPoster({ endpoint, headers }: Address, { version }: ForwarderOptions): Poster {
  return createPoster({ endpoint, headers, userAgent: `inferometer/${version}` })
}

function createMeter(name: string, { forwarded, forwardFailed, forwardPoisoned }: ForwardCounters): DestinationMeter {
  return {
    forwarded: (count) => forwarded.add([name], count),
    failed: (reason) => forwardFailed.add([name, reason], 1),
    poisoned: (reason, count) => forwardPoisoned.add([name, reason], count),
  }
}
