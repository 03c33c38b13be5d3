import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasCorpus, loadCorpus, lookUp } from './corpus.cases.ts'
import { detectCall } from './detect.ts'
import {
  done,
  openSent,
  readByLine,
  readInPieces,
  toAwsStream,
  toBytes,
  toJsonLines,
  toSse,
  withoutContent,
} from './read-answer.cases.ts'

const sse = { 'content-type': 'text/event-stream' }
const aws = { 'content-type': 'application/vnd.amazon.eventstream' }
const bedrock = 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m'
const chat = { model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] }

/** Every way of reading bytes that the formats use. */
const targets = [
  { url: 'https://api.openai.com/v1/chat/completions', headers: sse },
  { url: 'https://api.openai.com/v1/responses', headers: sse },
  { url: 'https://api.openai.com/v1/embeddings', headers: {} },
  { url: 'https://api.anthropic.com/v1/messages', headers: sse },
  { url: 'https://generativelanguage.googleapis.com/v1beta/models/g:streamGenerateContent', headers: {} },
  { url: 'https://api.cohere.com/v1/chat', headers: {} },
  { url: 'http://localhost:11434/api/chat', headers: {} },
  { url: `${bedrock}/converse-stream`, headers: aws },
  { url: `${bedrock}/invoke-with-response-stream`, headers: aws },
].map((target) => ({ ...target, request: chat, body: '' }))

/** Texts that look like what the skimmer looks for, beside any others. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '"usage":{"prompt_tokens":1}',
    '[DONE]',
    'data: [DONE]\n\n',
    '"finish_reason":"stop"',
    '\r\n',
    '🦄',
    '\\"error\\"',
    '',
  ),
)
const usage = fc.record({ prompt_tokens: fc.nat(), completion_tokens: fc.nat(), total_tokens: fc.nat() })
const delta = fc.oneof(
  fc.record({ content: text }),
  fc.record({ reasoning_content: text }),
  fc.record({ content: fc.constant(null), tool_calls: fc.constant([]) }),
  fc.record({
    tool_calls: fc.tuple(
      fc.record(
        {
          index: fc.nat(2),
          id: fc.constantFrom('a', 'b'),
          function: fc.record({ name: fc.constantFrom('f', 'g'), arguments: text }, { requiredKeys: ['arguments'] }),
        },
        { requiredKeys: ['index', 'function'] },
      ),
    ),
  }),
)
const chatEvent = fc.record(
  {
    id: fc.constantFrom('id-1', ''),
    model: fc.constantFrom('model-1', ''),
    choices: fc.array(
      fc.record({ index: fc.nat(2), delta, finish_reason: fc.constantFrom(null, null, null, 'stop', 'length', '') }),
      { maxLength: 2 },
    ),
    usage: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, usage),
    error: fc.oneof(
      { weight: 9, arbitrary: fc.constant(null) },
      fc.record({ message: text, code: fc.constantFrom(429, 'x') }),
    ),
  },
  { requiredKeys: ['choices'] },
)

const anthropicEvent = fc.oneof(
  fc.record({
    type: fc.constant('message_start'),
    message: fc.record({
      id: fc.constant('m'),
      model: fc.constant('c'),
      usage: fc.record({ input_tokens: fc.nat(), output_tokens: fc.nat() }),
    }),
  }),
  fc.record({
    type: fc.constant('content_block_start'),
    index: fc.nat(2),
    content_block: fc.constantFrom({ type: 'text', text: '' }, { type: 'tool_use', id: 't', name: 'f', input: {} }),
  }),
  fc.record({
    type: fc.constant('content_block_delta'),
    index: fc.nat(2),
    delta: fc.oneof(
      fc.record({ type: fc.constant('text_delta'), text }),
      fc.record({ type: fc.constant('input_json_delta'), partial_json: text }),
    ),
  }),
  fc.record({ type: fc.constant('content_block_stop'), index: fc.nat(2) }),
  fc.record({
    type: fc.constant('message_delta'),
    delta: fc.record({ stop_reason: fc.constantFrom('end_turn', 'max_tokens', null) }),
    usage: fc.record({ output_tokens: fc.nat() }),
  }),
  fc.record({ type: fc.constantFrom('message_stop', 'ping') }),
  fc.record({ type: fc.constant('error'), error: fc.record({ type: fc.constant('overloaded_error'), message: text }) }),
)

const ollamaEvent = fc.record(
  {
    model: fc.constant('m'),
    message: fc.record({ content: text }),
    done: fc.constantFrom(false, false, true),
    done_reason: fc.constantFrom('stop', 'length'),
    eval_count: fc.nat(),
    error: text,
  },
  { requiredKeys: ['model', 'message', 'done'] },
)

function expectModesAgree(target: (typeof targets)[number], bytes: Uint8Array, size: number): void {
  const full = withoutContent(readInPieces(openSent(target, true), bytes, bytes.byteLength))
  expect(readInPieces(openSent(target, false), bytes, size)).toEqual(full)
  expect(readByLine(openSent(target, false), bytes)).toEqual(full)
}

function findTarget(part: string) {
  const target = targets.find(({ url }) => url.includes(part))
  if (target === undefined) throw new Error(`no target ${part}`)
  return target
}

describe('openReader()', () => {
  it('reads the same with and without content from any stream of chat chunks', () => {
    fc.assert(
      fc.property(
        fc.array(chatEvent, { maxLength: 12 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 400 }),
        fc.constantFrom('\n', '\r\n'),
        (events, ended, size, eol) => {
          const body = toSse(events, { end: ended ? done : '' }).replaceAll('\n', eol)
          expectModesAgree(findTarget('chat/completions'), toBytes(body), size)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('reads the same with and without content from any stream of Anthropic events', () => {
    fc.assert(
      fc.property(
        fc.array(anthropicEvent, { maxLength: 14 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 400 }),
        (events, named, size) => {
          expectModesAgree(findTarget('v1/messages'), toBytes(toSse(events, { named })), size)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('reads the same with and without content from any JSON lines', () => {
    fc.assert(
      fc.property(fc.array(ollamaEvent, { maxLength: 12 }), fc.integer({ min: 1, max: 400 }), (events, size) => {
        expectModesAgree(findTarget('api/chat'), toBytes(toJsonLines(events)), size)
      }),
      { numRuns: 200 },
    )
  })

  it('never throws, whatever the bytes', () => {
    const json = fc.json().map(toBytes)
    const stream = fc.array(fc.jsonValue(), { maxLength: 5 }).map((values) => toBytes(toSse(values)))
    const frames = fc
      .array(fc.jsonValue(), { maxLength: 4 })
      .map((values) => toAwsStream(values.map((value) => ['chunk', value])))
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 400 }), json, stream, frames)
    fc.assert(
      fc.property(
        bytes,
        fc.constantFrom(...targets),
        fc.boolean(),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(200, 400, 529),
        (given, target, content, size, status) => {
          const reader = openSent({ ...target, status }, content)
          readInPieces(reader, given, size)
          reader.readOutput()
        },
      ),
      { numRuns: 1500 },
    )
  })

  it('never throws, whatever the request', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom(...targets), (body, { url }) => {
        detectCall({ method: 'POST', url: new URL(url), headers: () => null, body })?.readInput()
      }),
      { numRuns: 500 },
    )
  })

  it('stays small and quick on a stream that never ends an event', () => {
    const reader = openSent(findTarget('chat/completions'), false)
    reader.push(toBytes(toSse([{ id: 'a', model: 'm', choices: [{ index: 0, delta: { content: 'a' } }] }])))
    const chunk = new Uint8Array(256 * 1024).fill(0x61)
    const startedAt = performance.now()
    for (let i = 0; i < 400; i++) reader.push(chunk)
    expect(reader.end()).toMatchObject({ responseModel: 'm', streamComplete: false })
    expect(performance.now() - startedAt).toBeLessThan(5000)
  })

  it('gives up on a whole body beyond its limit and keeps what the headers say', () => {
    const headers = { 'content-type': 'application/json', 'x-request-id': 'r' }
    const reader = openSent({ ...findTarget('chat/completions'), headers }, false)
    reader.push(toBytes('{"id":"a","x":"'))
    for (let i = 0; i < 40; i++) reader.push(new Uint8Array(1024 * 1024).fill(0x61))
    reader.push(toBytes('"}'))
    expect(reader.end()).toMatchObject({ responseId: null, requestId: 'r', status: 'success' })
  })
})

describe.skipIf(!hasCorpus())('recorded streams, damaged', () => {
  it('openReader() never throws and reads the same with and without content', () => {
    const streams = (hasCorpus() ? loadCorpus() : []).filter(
      ({ truth, body }) => truth.streaming && truth.operation !== 'other' && body.byteLength < 60_000,
    )
    const damage = fc.record({
      kind: fc.constantFrom('cut', 'flip', 'double', 'splice'),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      size: fc.integer({ min: 1, max: 300 }),
      bit: fc.nat(7),
    })
    fc.assert(
      fc.property(
        fc.constantFrom(...streams),
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 3000 }),
        ({ recording, body }, damages, size) => {
          const { request, response } = recording
          const call = detectCall({
            method: 'POST',
            url: new URL(request.url),
            headers: lookUp(request.headers),
            body: request.body,
          })
          if (call === null) return
          const bytes = damages.reduce(applyDamage, body)
          const open = (content: boolean) =>
            call.openResponse({ status: response.status, headers: lookUp(response.headers) }, { content })
          const full = withoutContent(readInPieces(open(true), bytes, bytes.byteLength))
          expect(readInPieces(open(false), bytes, size)).toEqual(full)
          expect(readByLine(open(false), bytes)).toEqual(full)
        },
      ),
      { numRuns: 600 },
    )
  })
})

interface Damage {
  readonly kind: string
  readonly at: number
  readonly size: number
  readonly bit: number
}

function applyDamage(bytes: Uint8Array, { kind, at, size, bit }: Damage): Uint8Array {
  const offset = Math.floor(at * bytes.byteLength)
  const end = Math.min(bytes.byteLength, offset + size)
  if (kind === 'cut') return bytes.slice(0, offset)
  if (kind === 'splice') return Uint8Array.from([...bytes.subarray(0, offset), ...bytes.subarray(end)])
  if (kind === 'double') return Uint8Array.from([...bytes.subarray(0, end), ...bytes.subarray(offset)])
  const flipped = bytes.slice()
  flipped[offset] = (flipped[offset] ?? 0) ^ (1 << bit)
  return flipped
}
