import { describe, expect, it } from 'vitest'
import { readInput } from './input.ts'

describe('readInput()', () => {
  it('reads OpenAI chat with parts, tool calls and tool results', () => {
    const messages = [
      { role: 'system', content: 'Be kind' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image_url', image_url: { url: 'data:' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: '42' },
    ]
    expect(readInput({ model: 'm', messages })).toEqual([
      { role: 'system', text: 'Be kind' },
      { role: 'user', text: 'See\n[image]' },
      { role: 'assistant', text: 'f {"a":1}' },
      { role: 'tool', text: '42' },
    ])
  })

  it('reads Anthropic with a system prompt and blocks', () => {
    const content = [
      { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'sunny' }] },
      { type: 'document', source: { type: 'base64', data: '' } },
    ]
    const assistant = [
      { type: 'thinking', thinking: 'hm' },
      { type: 'tool_use', id: 't', name: 'weather', input: { city: 'Rome' } },
    ]
    const body = {
      system: [{ type: 'text', text: 'Be kind' }],
      messages: [
        { role: 'assistant', content: assistant },
        { role: 'user', content },
      ],
    }
    expect(readInput(body)).toEqual([
      { role: 'system', text: 'Be kind' },
      { role: 'assistant', text: 'hm\nweather {"city":"Rome"}' },
      { role: 'user', text: 'sunny\n[file]' },
    ])
  })

  it('reads Responses as text and as items', () => {
    expect(readInput({ instructions: 'Be kind', input: 'hi' })).toEqual([
      { role: 'system', text: 'Be kind' },
      { role: 'user', text: 'hi' },
    ])
    const input = [
      { role: 'developer', content: 'Be kind' },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'hi' },
          { type: 'input_file', file_id: 'f' },
        ],
      },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: '42' },
    ]
    expect(readInput({ input })).toEqual([
      { role: 'developer', text: 'Be kind' },
      { role: 'user', text: 'hi\n[file]' },
      { role: 'assistant', text: 'f {}' },
      { role: 'tool', text: '42' },
    ])
  })

  it('reads Gemini', () => {
    const contents = [
      { role: 'user', parts: [{ text: 'hi' }, { inlineData: { mimeType: 'audio/wav', data: 'AA' } }] },
      { role: 'model', parts: [{ functionCall: { name: 'f', args: { a: 1 } } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'f', response: { result: 'ok' } } }] },
    ]
    expect(readInput({ systemInstruction: { parts: [{ text: 'Be kind' }] }, contents })).toEqual([
      { role: 'system', text: 'Be kind' },
      { role: 'user', text: 'hi\n[audio]' },
      { role: 'model', text: 'f {"a":1}' },
      { role: 'user', text: 'ok' },
    ])
  })

  it('reads Bedrock Converse', () => {
    const content = [
      { text: 'hi' },
      { image: { format: 'png', source: { bytes: '' } } },
      { guardContent: { text: { text: 'guarded' } } },
      { toolResult: { toolUseId: 't', content: [{ json: { a: 1 } }] } },
    ]
    expect(readInput({ system: [{ text: 'Be kind' }], messages: [{ role: 'user', content }] })).toEqual([
      { role: 'system', text: 'Be kind' },
      { role: 'user', text: 'hi\n[image]\nguarded\n{"a":1}' },
    ])
  })

  it('reads prompts and texts without roles', () => {
    const texts = (body: object) => readInput({ ...body }).map((message) => message.text)
    expect(texts({ prompt: 'a' })).toEqual(['a'])
    expect(texts({ prompt: ['a', 'b'] })).toEqual(['a\nb'])
    expect(texts({ inputText: 'a' })).toEqual(['a'])
    expect(texts({ input: ['a', 'b'] })).toEqual(['a\nb'])
    expect(texts({ input: [[1, 2]] })).toEqual([])
    expect(texts({ texts: ['a'] })).toEqual(['a'])
    expect(texts({ instances: [{ content: 'a' }] })).toEqual(['a'])
    expect(texts({ content: { parts: [{ text: 'a' }] } })).toEqual(['a'])
    expect(texts({ requests: [{ content: { parts: [{ text: 'a' }] } }] })).toEqual(['a'])
    expect(readInput({ preamble: 'p', chat_history: [{ role: 'CHATBOT', message: 'a' }], message: 'b' })).toEqual([
      { role: 'system', text: 'p' },
      { role: 'chatbot', text: 'a' },
      { role: 'user', text: 'b' },
    ])
  })
})
