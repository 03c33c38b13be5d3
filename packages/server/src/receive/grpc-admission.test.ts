import { EventEmitter, once } from 'node:events'
import { status as grpcStatus } from '@grpc/grpc-js'
import { encodeTraces } from '@inferometer/core/otlp/traces'
import { expect, it } from 'vitest'
import { createMemoryStore } from '../store/memory.ts'
import { openTestApp, readMetrics, sumOf } from '../test-app.cases.ts'
import { connect, openStream, portOf, send } from './otlp-grpc.cases.ts'
import { tracesOf } from './sent-traces.cases.ts'

const MiB = 1024 * 1024
/** One call in a message of this size: a span says its error twice. */
const messageOf = (bytes: number) =>
  Buffer.from(encodeTraces(tracesOf(1, { status: 'error', errorMessage: 'e'.repeat(bytes / 2) })))

/** An app whose store commits nothing until it is told to. */
async function openStuckApp() {
  const store = createMemoryStore()
  const door = new EventEmitter()
  const isFreed = once(door, 'open')
  let waiting = 0
  const openStore = async () => ({
    ...store,
    append: async (calls: Parameters<typeof store.append>[0]) => {
      waiting += calls.length
      await isFreed
      return store.append(calls)
    },
  })
  const app = await openTestApp({ limits: { bodyBytes: 32 * MiB, attributeBytes: 1_024 } }, { openStore })
  await app.otlpGrpc.listen({ host: '127.0.0.1', port: 0 })
  return { app, free: () => door.emit('open'), isWaiting: (count: number) => waiting >= count }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}

it('the gRPC port refuses what it cannot hold before it is decoded, says when to come again, and takes it then', async () => {
  const { app, free, isWaiting } = await openStuckApp()
  const client = connect(portOf(app))
  const held = Array.from({ length: 5 }, () => send(client, messageOf(3 * MiB)))
  await until(() => isWaiting(5))
  const more = messageOf(3 * MiB)
  // Decoded, it would be refused for what it is.
  const broken = await send(client, more.subarray(0, -7))
  expect(broken.code).toBe(grpcStatus.RESOURCE_EXHAUSTED)
  const [details] = broken.error?.metadata.get('grpc-status-details-bin') ?? []
  expect(String(details)).toContain('type.googleapis.com/google.rpc.RetryInfo')
  expect((await send(client, more)).code).toBe(grpcStatus.RESOURCE_EXHAUSTED)

  free()
  for (const answer of await Promise.all(held)) expect(answer.code).toBe(grpcStatus.OK)
  expect((await send(client, more)).code).toBe(grpcStatus.OK)
  const metrics = await readMetrics(app)
  expect(metrics.get('inferometer_rejected_total{source="otlp_grpc",reason="overloaded"}')).toBe(2)
  expect(sumOf(metrics, 'llm_spans_total')).toBe(6)
})

it('the gRPC port lets one message in whatever its size, and gives the room back when a sender breaks off', async () => {
  const { app, free } = await openStuckApp()
  free()
  const client = connect(portOf(app))
  expect((await send(client, messageOf(24 * MiB))).code).toBe(grpcStatus.OK)

  const streams = Array.from({ length: 40 }, () => openStream(app, {}))
  for (const { stream } of streams) stream.write(Buffer.from([0, 0, 0, 1, 0, 0x0a]))
  for (const { session } of streams) session.destroy()
  const many = Array.from({ length: 200 }, () => send(client, messageOf(10)))
  const refused = (await Promise.all(many)).filter(({ code }) => code !== grpcStatus.OK)
  for (const { code } of refused) expect(code).toBe(grpcStatus.RESOURCE_EXHAUSTED)
  // Whatever came at once has gone by now: the room is all there.
  let last = await send(client, messageOf(15 * MiB))
  while (last.code === grpcStatus.RESOURCE_EXHAUSTED) last = await send(client, messageOf(15 * MiB))
  expect(last.code).toBe(grpcStatus.OK)
})
