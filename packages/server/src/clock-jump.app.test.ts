import { setTimeout as sleep } from 'node:timers/promises'
import { encodeTraces } from '@inferometer/core/otlp/traces'
import { expect, it } from 'vitest'
import { toSpan, toTraces } from './normalize/spans.cases.ts'
import { openTestApp, readMetrics, sumOf } from './test-app.cases.ts'

const dayMs = 86_400_000
const scope = { name: 'some.instrumentation', version: '1.0.0' }
/** Its usage is not known, so it is held for another sighting that may know it. */
const heldChat = { 'gen_ai.operation.name': 'chat', 'gen_ai.system': 'openai', 'gen_ai.request.model': 'gpt-4o' }

it.each([
  ['back', -dayMs],
  ['forwards, across midnight', dayMs],
])('a held call is decided and answered when the clock jumps %s', async (_direction, jumpMs) => {
  let clockMs = Date.now()
  const app = await openTestApp({}, { now: () => clockMs })
  const answered = app.otlpHttp.inject({
    method: 'POST',
    url: '/v1/traces',
    headers: { 'content-type': 'application/x-protobuf' },
    payload: Buffer.from(encodeTraces(toTraces([toSpan(heldChat)], scope))),
  })
  // By now it is held: two seconds, which the jump falls into.
  await sleep(500)
  clockMs += jumpMs
  expect((await answered).statusCode).toBe(200)
  expect(sumOf(await readMetrics(app), 'llm_spans_total')).toBe(1)
})
