import { expect, it } from 'vitest'
import { readFetchHeaders } from './header-reader.ts'
import { addStreamUsage } from './stream-usage.ts'

const url = new URL('http://127.0.0.1/v1/chat/completions')
const add = (body: unknown, headers: object = {}, address = url) =>
  addStreamUsage(
    address,
    { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) },
    readFetchHeaders(headers),
  )

it('addStreamUsage() adds one member to a stream that left it open, and keeps every other byte', () => {
  const body = '{ "model":"a",\n"stream" : true, "messages":[{"content":"}"}] }\n'
  const changed = add(body)?.body
  expect(JSON.parse(String(changed))).toEqual({ ...JSON.parse(body), stream_options: { include_usage: true } })
  expect(String(changed).startsWith(body.slice(0, body.lastIndexOf('}')))).toBe(true)
})

it('addStreamUsage() leaves everything else as it is', () => {
  expect(add({ model: 'a' })).toBeNull()
  expect(add({ stream: false })).toBeNull()
  expect(add({ stream: true, stream_options: {} })).toBeNull()
  expect(add({ stream: true, stream_options: { include_usage: false } })).toBeNull()
  expect(add({ tools: [{ stream: true }], messages: '"stream":true' })).toBeNull()
  expect(add('{"stream":true')).toBeNull()
  expect(add('[{"stream":true}]')).toBeNull()
  expect(add({ stream: true }, { 'Content-Length': '15' })).toBeNull()
  expect(add({ stream: true }, {}, new URL('http://127.0.0.1/v1/messages'))).toBeNull()
  expect(addStreamUsage(url, { body: new Uint8Array(3) }, readFetchHeaders({}))).toBeNull()
})
