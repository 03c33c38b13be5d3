import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { App } from '../app.ts'
import { findPort } from '../self/metrics-endpoint.ts'
import { goodRecord, openTestApp, postJson } from '../test-app.cases.ts'

const listen = async (app: App): Promise<string> => {
  await app.api.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${findPort(app.api)}`
}

/** Reads events until `count` of them have come or the stream ends. */
async function readEvents(response: Response, count: number) {
  const events: { name: string; data: Record<string, unknown> }[] = []
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? []
      if (name && data) events.push({ name, data: JSON.parse(data) })
    }
    if (events.length >= count) break
  }
  return events
}

describe('GET /v1/calls/tail', () => {
  test('tail tells the calls that match while they are recorded, in order, and none from before', async () => {
    const app = await openTestApp()
    const url = await listen(app)
    await postJson(app.api, '/v1/metrics/record', { ...goodRecord, prompt_tokens: 1 })
    const response = await fetch(`${url}/v1/calls/tail?service_name=checkout`)
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const spans = [2, 3, 4].map((tokens) => ({ ...goodRecord, prompt_tokens: tokens }))
    await postJson(app.api, '/v1/metrics/record-batch', { spans: [{ ...goodRecord, service_name: 'other' }, ...spans] })
    const events = await readEvents(response, 3)
    expect(events.map(({ name, data }) => [name, data.prompt_tokens])).toEqual([
      ['call', 2],
      ['call', 3],
      ['call', 4],
    ])
  })

  test('tail says when calls were skipped, and when the server stops', async () => {
    const app = await openTestApp()
    const response = await fetch(`${await listen(app)}/v1/calls/tail`)
    await postJson(app.api, '/v1/metrics/record-batch', { spans: Array.from({ length: 300 }, () => goodRecord) })
    const reading = readEvents(response, 1_000)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    await app.close()
    const events = await reading
    expect(events.at(0)?.name).toBe('skipped')
    expect(events.filter(({ name }) => name === 'call')).toHaveLength(200)
    expect(events.at(-1)).toEqual({ name: 'dropped', data: { why: 'the server is stopping' } })
  })

  test('tail drops a reader that does not read, with a word', async () => {
    const app = await openTestApp()
    const url = await listen(app)
    const request = get(`${url}/v1/calls/tail`)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.pause()
    const spans = Array.from({ length: 200 }, () => ({ ...goodRecord, session_id: 'x'.repeat(1_000) }))
    let text = ''
    response.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    response.pause()
    // More than the buffers of both sockets hold; the server then closes the connection by itself.
    for (let batch = 0; batch < 30; batch++) {
      await postJson(app.api, '/v1/metrics/record-batch', { spans })
      await new Promise((resolve) => setTimeout(resolve, 260))
    }
    response.resume()
    await once(response, 'end')
    expect(text).toContain('event: dropped')
    expect(text).toContain('read more slowly')
  }, 60_000)

  test('tail refuses what it does not know, and more tails than it serves', async () => {
    const app = await openTestApp()
    const url = await listen(app)
    expect((await fetch(`${url}/v1/calls/tail?modell=x`)).status).toBe(400)
    expect((await fetch(`${url}/v1/calls/tail?limit=5`)).status).toBe(400)
    const open = await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/v1/calls/tail`)))
    expect(open.map(({ status }) => status)).toEqual(Array(20).fill(200))
    const refused = await fetch(`${url}/v1/calls/tail`)
    expect([refused.status, (await refused.json()).error.code]).toEqual([429, 'too_many_tails'])
    for (const { body } of open) await body?.cancel()
    for (let tries = 0; tries < 100; tries++) {
      const again = await fetch(`${url}/v1/calls/tail`)
      await again.body?.cancel()
      if (again.status === 200) return
    }
    throw new Error('closed tails were not forgotten')
  })
})
