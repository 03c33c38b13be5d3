import { describe, expect, it } from 'vitest'
import { toBytes } from './read-answer.cases.ts'
import { SseReader } from './sse.ts'

function readAll(text: string, size: number): unknown[] {
  const events: unknown[] = []
  const reader = new SseReader((data, name) => events.push(name === '' ? data : [name, data]))
  const bytes = toBytes(text)
  for (let at = 0; at < bytes.byteLength; at += size) reader.push(bytes.subarray(at, at + size))
  reader.end()
  return events
}

describe('SseReader', () => {
  it.each([
    [
      'LF, CRLF and CR line ends',
      'data: {"a":1}\n\ndata: {"a":2}\r\n\r\ndata: {"a":3}\r\rdata: {"a":4}',
      [{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }],
    ],
    ['names', 'event: x\ndata: {"a":1}\n\ndata: {"a":2}\n\n', [['x', { a: 1 }], { a: 2 }]],
    ['comments, ids and retries', ': hi\nid: 4\nretry: 10\ndata: {"a":1}\n\n', [{ a: 1 }]],
    ['data over several lines', 'data: {"a":\ndata: 1}\n\n', [{ a: 1 }]],
    ['several values without a blank line', 'data: {"a":1}\ndata: {"a":2}\n\n', [{ a: 1 }, { a: 2 }]],
    ['no space behind the colon', 'data:{"a":1}\n\n', [{ a: 1 }]],
    ['a byte order mark', '\uFEFFdata: {"a":1}\n\n', [{ a: 1 }]],
    ['a missing last blank line', 'data: {"a":1}', [{ a: 1 }]],
    ['data that is no JSON', 'data: [DONE]\n\ndata: {"a"\n\n', ['[DONE]', '{"a"']],
    ['bare JSON lines', '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    ['letters of several bytes', 'data: {"a":"é🦄"}\n\n', [{ a: 'é🦄' }]],
    ['events without data', 'event: ping\n\ndata: {"a":1}\n\n', [{ a: 1 }]],
  ])('reads %s in pieces of any size', (_, text, events) => {
    for (const size of [1, 2, 5, 1000]) expect(readAll(text, size)).toEqual(events)
  })
})
