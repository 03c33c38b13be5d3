import { describe, expect, it } from 'vitest'
import { detectCall } from './detect.ts'
import { toAwsStream } from './read-answer.cases.ts'
import type { ResponseReader } from './wire.ts'

const encoder = new TextEncoder()

function open(url: string, contentType: string): ResponseReader {
  const body = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] })
  const call = detectCall({ method: 'POST', url: new URL(url), headers: () => null, body })
  const headers = (name: string) => (name === 'content-type' ? contentType : null)
  if (call === null) throw new Error('no call')
  return call.openResponse({ status: 200, headers }, { content: false })
}

function openChat() {
  const reader = open('https://api.openai.com/v1/chat/completions', 'text/event-stream')
  const push = (data: object | string) => {
    const text = typeof data === 'string' ? data : JSON.stringify({ id: 'c', model: 'm', ...data })
    reader.push(encoder.encode(`data: ${text}\n\n`))
  }
  const word = () => push({ choices: [{ index: 0, delta: { content: 'word' }, finish_reason: null }], usage: null })
  const finish = () => push({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null })
  const usage = () => push({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } })
  return { reader, push, word, finish, usage }
}

describe('hasEnded()', () => {
  it('waits for the usage behind the finish reason, or for the sentinel', () => {
    const { reader, word, finish, usage, push } = openChat()
    for (const step of [word, word, finish]) {
      step()
      expect(reader.hasEnded()).toBe(false)
    }
    usage()
    expect(reader.hasEnded()).toBe(true)
    push('[DONE]')
    expect(reader.end()).toMatchObject({ inputTokens: 3, outputTokens: 2, finishReason: 'stop', streamComplete: true })
    const bare = openChat()
    for (const step of [bare.word, bare.finish]) step()
    expect(bare.reader.hasEnded()).toBe(false)
    bare.push('[DONE]')
    expect(bare.reader.hasEnded()).toBe(true)
  })

  it('is true after an error in the stream', () => {
    const { reader, word, push } = openChat()
    word()
    push({ error: { message: 'gone', type: 'server_error' } })
    expect(reader.hasEnded()).toBe(true)
    expect(reader.end()).toMatchObject({ status: 'error', errorType: 'server' })
  })

  it('looks at whole events only, and changes nothing for the ones that follow', () => {
    const { reader, word, finish, usage } = openChat()
    word()
    reader.push(encoder.encode('data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"cont'))
    expect(reader.hasEnded()).toBe(false)
    reader.push(encoder.encode('ent":"x"},"finish_reason":null}]}\n\n'))
    finish()
    usage()
    expect(reader.end()).toMatchObject({ outputTokens: 2, finishReason: 'stop', streamComplete: true })
  })

  it('knows the last line of JSON lines and the last message of AWS', () => {
    const ollama = open('https://ollama.com/api/chat', 'application/x-ndjson')
    ollama.push(encoder.encode('{"model":"m","message":{"content":"a"},"done":false}\n'))
    expect(ollama.hasEnded()).toBe(false)
    ollama.push(encoder.encode('{"model":"m","done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":1}\n'))
    expect(ollama.hasEnded()).toBe(true)
    const host = 'https://bedrock-runtime.us-east-1.amazonaws.com'
    const bedrock = open(`${host}/model/m/converse-stream`, 'application/vnd.amazon.eventstream')
    bedrock.push(toAwsStream([['contentBlockDelta', { delta: { text: 'a' } }]]))
    expect(bedrock.hasEnded()).toBe(false)
    bedrock.push(
      toAwsStream([
        ['messageStop', { stopReason: 'end_turn' }],
        ['metadata', { usage: { inputTokens: 3 } }],
      ]),
    )
    expect(bedrock.hasEnded()).toBe(true)
  })

  it('is false for whole answers', () => {
    const reader = open('https://api.openai.com/v1/chat/completions', 'application/json')
    reader.push(encoder.encode('{"id":"c","choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":{}}'))
    expect(reader.hasEnded()).toBe(false)
  })
})
