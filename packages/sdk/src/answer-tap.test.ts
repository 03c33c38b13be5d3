import { afterEach, expect, it } from 'vitest'
import { useInstrument } from './instrument.cases.ts'
import { chatAnswer, chatPath, chatRequest, sendJson } from './local-servers.cases.ts'

const app = useInstrument(
  (request, response) => {
    const mode = request.headers['x-mode']
    if (mode === 'no-usage') sendJson(response, JSON.stringify({ ...JSON.parse(chatAnswer), usage: undefined }))
    else if (mode === 'no-json') sendJson(response, 'no json')
    else if (mode === 'cut') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write(chatAnswer.slice(0, 20), () => response.destroy())
    } else sendJson(response, chatAnswer)
  },
  { serviceName: 'answers', retryWindowMs: 50 },
)
afterEach(() => {
  expect(app.handle.stats()).toMatchObject({ internalErrors: 0, missed: 0, open: 0 })
})

const post = (mode = 'json') =>
  fetch(`${app.server.url}${chatPath}`, { method: 'POST', headers: { 'x-mode': mode }, body: chatRequest() })

async function recorded(action: () => Promise<unknown>) {
  const before = app.collector.calls.length
  await action()
  await app.handle.flush()
  expect(app.collector.calls.length).toBe(before + 1)
  return app.collector.calls.at(-1)
}

const whole = {
  status: 'success',
  streaming: false,
  ttftMs: null,
  inputTokens: 12,
  outputTokens: 4,
  usageSource: 'provider',
  finishReason: 'stop',
  responseId: 'chat-1',
}

const ways: Record<string, (response: Response) => Promise<unknown>> = {
  'json()': (response) => response.json(),
  'text()': (response) => response.text(),
  'arrayBuffer()': (response) => response.arrayBuffer(),
  'blob()': (response) => response.blob(),
  'clone()': (response) => response.clone().json(),
  'the stream': async (response) => {
    for await (const _ of response.body ?? []);
  },
  'a reader': async (response) => {
    const reader = response.body?.getReader()
    while ((await reader?.read())?.done === false);
  },
  ...('bytes' in Response.prototype ? { 'bytes()': (response: Response) => response.bytes() } : {}),
}
for (const [name, read] of Object.entries(ways))
  it(`tapAnswer() reads a whole answer that the application takes by ${name}`, async () => {
    expect(await recorded(async () => read(await post()))).toMatchObject(whole)
  })

it('tapAnswer() sees the answer before the application changes it', async () => {
  const call = await recorded(async () => {
    const answer: unknown = await (await post()).json()
    for (const key of Object.keys(answer as object)) Reflect.deleteProperty(answer as object, key)
  })
  expect(call).toMatchObject(whole)
  const buffered = await recorded(async () => new Uint8Array(await (await post()).arrayBuffer()).fill(0))
  expect(buffered).toMatchObject(whole)
})

it('tapAnswer() reads the answer to a Request whose body is not known yet', async () => {
  const request = new Request(`${app.server.url}${chatPath}`, {
    method: 'POST',
    body: chatRequest({ model: 'model-r' }),
  })
  const call = await recorded(async () => (await fetch(request)).json())
  expect(call).toMatchObject({ ...whole, requestModel: 'model-r' })
})

it('tapAnswer() leaves the response with the promise, the error and the use that it would have', async () => {
  const call = await recorded(async () => {
    const response = await post('no-json')
    expect([response instanceof Response, response.constructor, Object.keys(response)]).toEqual([true, Response, []])
    await expect(response.json()).rejects.toBeInstanceOf(SyntaxError)
    expect(response.bodyUsed).toBe(true)
    await expect(response.json()).rejects.toBeInstanceOf(TypeError)
  })
  expect(call).toMatchObject({ status: 'success', httpStatus: 200 })
})

it('tapAnswer() counts the tokens of an answer without usage', async () => {
  const call = await recorded(async () => (await post('no-usage')).json())
  expect(call).toMatchObject({ usageSource: 'estimated' })
  expect(call?.outputTokens).toBeGreaterThan(2)
})

it('tapAnswer() records a body that broke off', async () => {
  const call = await recorded(async () => {
    const response = await post('cut')
    await expect(response.json()).rejects.toThrow()
  })
  expect(call).toMatchObject({ status: 'error', errorType: 'connection' })
})
