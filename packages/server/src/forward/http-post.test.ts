import { createServer as createTcpServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPoster } from './http-post.ts'
import { type LocalDestination, openDestination } from './local-destination.cases.ts'

let destination: LocalDestination
beforeEach(async () => {
  destination = await openDestination()
})
afterEach(() => destination.close())

const body = Buffer.from('body')
const { signal } = new AbortController()
const request = { headers: { 'x-signal': 'a' }, signal }
const create = (endpoint: string, timeoutMs = 5_000) =>
  createPoster({ endpoint, headers: { 'x-tenant': 'b' }, userAgent: 'test/1', timeoutMs })

describe('createPoster()', () => {
  it('sends body, headers and the credentials of the address over one connection', async () => {
    const poster = create(destination.url.replace('//', '//user:p%40ss@'))
    destination.reply = () => ({ status: 200, body: 'yes' })
    for (let i = 0; i < 3; i++)
      expect(await poster.post(body, request)).toMatchObject({ status: 200, body: Buffer.from('yes') })
    expect(destination.requests[2]).toMatchObject({
      body,
      headers: {
        authorization: `Basic ${Buffer.from('user:p@ss').toString('base64')}`,
        'x-signal': 'a',
        'x-tenant': 'b',
        'user-agent': 'test/1',
        'content-length': '4',
      },
    })
    poster.close()
  })

  it.each([
    ['2', 2_000],
    ['0.5', 500],
    ['', null],
    ['soon', null],
    ['-1', null],
    ['Mon, 01 Jan 2001 00:00:00 GMT', 0],
  ])('reads Retry-After: %s', async (text, retryAfterMs) => {
    destination.reply = () => ({ status: 503, headers: { 'retry-after': text } })
    const poster = create(destination.url)
    expect(await poster.post(body, request)).toMatchObject({ kind: 'answered', retryAfterMs })
    poster.close()
  })

  it('gives up on a destination that does not answer in time', async () => {
    destination.reply = () => new Promise(() => undefined)
    const poster = create(destination.url, 50)
    expect(await poster.post(body, request)).toMatchObject({ kind: 'failed', reason: 'timeout' })
    poster.close()
  })

  it('is cut off by the signal', async () => {
    destination.reply = () => new Promise(() => undefined)
    const stop = new AbortController()
    const poster = create(destination.url)
    setTimeout(() => stop.abort(), 20)
    expect(await poster.post(body, { headers: {}, signal: stop.signal })).toMatchObject({ reason: 'stopped' })
    poster.close()
  })

  it('sends again at once when a connection that was idle is closed under it', async () => {
    let connections = 0
    const server = createTcpServer((socket) => {
      connections += 1
      let seen = 0
      const isFirst = connections === 1
      socket.on('data', () => {
        seen += 1
        if (isFirst && seen > 1) socket.resetAndDestroy()
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n')
      })
      socket.on('error', () => undefined)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const poster = create(`http://127.0.0.1:${port}`)
    expect(await poster.post(body, request)).toMatchObject({ status: 200 })
    expect(await poster.post(body, request)).toMatchObject({ status: 200 })
    expect(connections).toBe(2)
    poster.close()
    server.close()
  })

  it('says what kind of failure it was when nothing listens', async () => {
    const { url } = destination
    await destination.close()
    const poster = create(url)
    const answer = await poster.post(body, request)
    expect(answer).toEqual({ kind: 'failed', reason: 'unreachable', message: 'cannot be reached (ECONNREFUSED)' })
    destination = await openDestination()
  })
})
