import { encodeLogs } from '@inferometer/core/otlp/logs'
import type { LogRecord, LogsData, TracesData } from '@inferometer/core/otlp/model'
import { encodeTraces } from '@inferometer/core/otlp/traces'
import { describe, expect, it } from 'vitest'
import type { App } from './app.ts'
import { toAttributes, toSpan, toTraces } from './normalize/spans.cases.ts'
import { openTestApp } from './test-app.cases.ts'

const scope = { name: '@opentelemetry/instrumentation-openai', version: '0.21.0' }
const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
const chat = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.system': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.usage.input_tokens': 10,
  'gen_ai.usage.output_tokens': 2,
}

function toRecord(name: string, body: LogRecord['body']): LogRecord {
  return {
    ...ids,
    timeUnixNano: 1n,
    observedTimeUnixNano: 1n,
    severityNumber: 9,
    severityText: '',
    body,
    attributes: toAttributes({ 'event.name': name }),
    eventName: '',
  }
}

const logs: LogsData = {
  resourceLogs: [
    {
      resource: { attributes: toAttributes({ 'service.name': 'shop' }) },
      schemaUrl: '',
      scopeLogs: [
        {
          scope: { ...scope, attributes: new Map() },
          schemaUrl: '',
          logRecords: [
            toRecord('gen_ai.user.message', { content: 'Write to ann@example.com' }),
            toRecord('gen_ai.choice', {
              index: 0,
              finish_reason: 'stop',
              message: { role: 'assistant', content: 'Done' },
            }),
          ],
        },
      ],
    },
  ],
}
const traces: TracesData = toTraces([toSpan(chat, ids)], scope)

async function post(app: App, url: string, payload: Uint8Array) {
  const headers = { 'content-type': 'application/x-protobuf' }
  const { statusCode, rawPayload } = await app.otlpHttp.inject({
    method: 'POST',
    url,
    payload: Buffer.from(payload),
    headers,
  })
  return { statusCode, bytes: rawPayload.length }
}

const readCall = async (app: App) => (await app.api.inject(`/v1/calls/${ids.traceId}/${ids.spanId}`)).json()

describe('logs and traces of one call', () => {
  it.each(['logs first', 'spans first'])('become one call, with content by policy: %s', async (order) => {
    const app = await openTestApp({ content: 'full' })
    const sends = [() => post(app, '/v1/logs', encodeLogs(logs)), () => post(app, '/v1/traces', encodeTraces(traces))]
    if (order === 'spans first') sends.reverse()
    const answers = await Promise.all(sends.map((send) => send()))
    expect(answers).toEqual([
      { statusCode: 200, bytes: 0 },
      { statusCode: 200, bytes: 0 },
    ])
    expect(await readCall(app)).toMatchObject({
      finish_reason: 'stop',
      prompt_tokens: 10,
      content: { input: [{ role: 'user', text: 'Write to ann@example.com' }], output: 'Done' },
    })
  })

  it('scans what events say and keeps nothing of it where the policy is off', async () => {
    const app = await openTestApp({ content: 'off' })
    await Promise.all([post(app, '/v1/logs', encodeLogs(logs)), post(app, '/v1/traces', encodeTraces(traces))])
    expect(await readCall(app)).toMatchObject({ finish_reason: 'stop', content: null })
  })
})
