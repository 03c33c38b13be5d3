/**
 * Recorded payloads, changed at random: every one is read, or refused as a message that is none, and what is read makes sense.
 * OTLP_FUZZ_CASES says how many (`npm run test:fuzz`: a million); a failure names the seed of its case.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DecodeError } from '@inferometer/core/otlp/decode-error'
import { decodeLogs, decodeLogsJson } from '@inferometer/core/otlp/logs'
import { countMetricDataPoints, countMetricDataPointsJson } from '@inferometer/core/otlp/metrics'
import { decodeTraces, decodeTracesJson, encodeTraces, encodeTracesJson } from '@inferometer/core/otlp/traces'
import { expect, test } from 'vitest'
import { normalizeTraces } from '../normalize/normalize.ts'
import { normalizeLogs } from '../normalize/normalize-logs.ts'
import { toSpan, toTraces } from '../normalize/spans.cases.ts'

const folder = fileURLToPath(new URL('../../../../../shared/otlp/', import.meta.url))
const cases = Number(process.env.OTLP_FUZZ_CASES ?? 3_000)
/** Larger recordings would be most of the work and none of the variety. */
const largestBytes = 32_768

interface Payload {
  readonly name: string
  readonly bytes: Uint8Array
}

function readPayloads(): readonly Payload[] {
  const own = toTraces(
    [toSpan({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm', 'gen_ai.usage.input_tokens': 3 })],
    { name: 'gen_ai' },
  )
  const written = [
    { name: 'own.bin', bytes: encodeTraces(own) },
    { name: 'own.json', bytes: Buffer.from(encodeTracesJson(own)) },
  ]
  if (!existsSync(folder)) return written
  const names = readdirSync(folder).filter((name) => /\.(?:bin|json)$/.test(name) && !name.endsWith('.truth.json'))
  const recorded = names.map((name) => ({ name, bytes: readFileSync(folder + name) }))
  return [...written, ...recorded.filter(({ bytes }) => bytes.length <= largestBytes)]
}

/** xorshift32: a case is made again from its seed. */
function createRandom(seed: number): (below: number) => number {
  let state = seed | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** Digits, quotes, brackets and varints at their edges: what changes meaning more often than a random byte does. */
const edges = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x22, 0x2c, 0x2d, 0x30, 0x39, 0x5b, 0x5d, 0x7b, 0x7d, 0x5c, 0x65]

function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  let changed = Uint8Array.from(bytes)
  for (let left = 1 + random(4); left > 0 && changed.length > 0; left--) {
    const at = random(changed.length)
    const length = 1 + random(64)
    const kind = random(6)
    if (kind === 0) changed[at] = random(256)
    else if (kind === 1) changed[at] = edges[random(edges.length)] ?? 0
    else if (kind === 2) changed = changed.slice(0, at)
    else if (kind === 3) changed.copyWithin(at, Math.min(changed.length, at + length))
    else if (kind === 4) changed.copyWithin(at, random(changed.length), Math.min(changed.length, at + length))
    else changed.fill(edges[random(edges.length)] ?? 0, at, at + Math.min(length, 10))
  }
  return changed
}

const text = new TextDecoder()

/** False: refused as no message. Anything else that is thrown is a defect. */
function isRead(read: () => void): boolean {
  try {
    read()
    return true
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return false
  }
}

function readWhole({ name, bytes }: Payload): boolean {
  const isJson = name.endsWith('.json')
  // What it holds is no metrics, but whoever sends it to their address is answered, too.
  isRead(() => (isJson ? countMetricDataPointsJson(text.decode(bytes)) : countMetricDataPoints(bytes)))
  return isRead(() => {
    if (name.includes('.logs.')) {
      normalizeLogs(isJson ? decodeLogsJson(text.decode(bytes)) : decodeLogs(bytes), { content: true })
      return
    }
    const traces = isJson ? decodeTracesJson(text.decode(bytes)) : decodeTraces(bytes)
    for (const { reading } of normalizeTraces(traces, { content: true }).spans) if (reading) checkCall(reading.call)
  })
}

function checkCall(call: object): void {
  for (const [field, value] of Object.entries(call))
    if (typeof value === 'number' && !(Number.isFinite(value) && value >= 0)) throw new Error(`${field} is ${value}`)
}

test(`the decoders and normalize read or refuse ${cases} changed recordings`, () => {
  const payloads = readPayloads()
  if (payloads.length === 2) console.log('left out: no recorded payloads beside the repository')
  const first = Number(process.env.OTLP_FUZZ_SEED ?? 1)
  let refused = 0
  for (let seed = first; seed < first + cases; seed++) {
    const random = createRandom(Math.imul(seed, 0x9e3779b1))
    const payload = payloads[random(payloads.length)]
    if (payload === undefined) throw new Error('BUG: there is no payload')
    try {
      if (!readWhole({ name: payload.name, bytes: mutate(payload.bytes, random) })) refused++
    } catch (error) {
      throw new Error(`${payload.name} with OTLP_FUZZ_SEED=${seed} OTLP_FUZZ_CASES=1`, { cause: error })
    }
  }
  console.log(`${cases} changed payloads of ${payloads.length}: ${cases - refused} read, ${refused} refused`)
  expect(refused).toBeGreaterThan(0)
  expect(refused).toBeLessThan(cases)
}, 3_600_000)
