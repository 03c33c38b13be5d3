import { eventStream, type Plant, sse, toArguments, toDataUrl, type WireCase } from './wire-case.ts'

export function openaiCases(plant: Plant): Readonly<Record<string, WireCase>> {
  const p = (place: string) => plant(`openai ${place}`)
  const tool = (place: string) => ({
    id: 'call_1',
    type: 'function',
    function: { name: 'write', arguments: toArguments(p(place)) },
  })
  const chat = {
    model: 'gpt-4o-mini',
    messages: [
      { role: 'system', content: p('system') },
      { role: 'developer', content: [{ type: 'text', text: p('developer') }] },
      {
        role: 'user',
        name: 'jane',
        content: [
          { type: 'text', text: p('part') },
          { type: 'image_url', image_url: { url: toDataUrl(p('image')) } },
          { type: 'file', file: { file_data: toDataUrl(p('file')), filename: 'a.txt' } },
        ],
      },
      { role: 'assistant', content: p('assistant'), tool_calls: [tool('asked tool')] },
      { role: 'tool', tool_call_id: 'call_1', content: p('tool result') },
    ],
    tools: [{ type: 'function', function: { name: 'write', description: p('tool description'), parameters: {} } }],
    prediction: { type: 'content', content: p('prediction') },
  }
  const usage = { prompt_tokens: 9, completion_tokens: 5, total_tokens: 14 }
  const choice = (delta: object, finish: string | null = null) => ({
    id: 'c',
    model: 'gpt-4o-mini',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
  const output = [
    { type: 'reasoning', summary: [{ type: 'summary_text', text: p('summary') }] },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: p('output text'), annotations: [] }] },
    { type: 'function_call', name: 'write', call_id: 'f', arguments: toArguments(p('function call')) },
  ]
  const response = {
    id: 'r',
    object: 'response',
    status: 'completed',
    model: 'gpt-4o',
    output,
    usage: { input_tokens: 9, output_tokens: 5 },
  }
  const responses = {
    model: 'gpt-4o',
    instructions: p('instructions'),
    input: [
      { role: 'user', content: [{ type: 'input_text', text: p('input text') }] },
      { type: 'function_call', name: 'write', call_id: 'f', arguments: toArguments(p('input call')) },
      { type: 'function_call_output', call_id: 'f', output: p('call output') },
    ],
  }
  const message = {
    role: 'assistant',
    content: p('answer'),
    refusal: p('refusal'),
    reasoning_content: p('reasoning'),
    tool_calls: [tool('tool call')],
  }
  return {
    'openai chat': {
      path: '/v1/chat/completions',
      request: chat,
      answer: { id: 'c', model: 'gpt-4o-mini', choices: [{ index: 0, message, finish_reason: 'tool_calls' }], usage },
    },
    'openai chat stream': {
      path: '/v1/chat/completions',
      request: { ...chat, stream: true },
      answer: `${sse([
        choice({ role: 'assistant', content: p('delta') }),
        choice({ tool_calls: [{ index: 0, ...tool('delta tool') }] }),
        choice({ refusal: p('delta refusal') }, 'stop'),
      ])}data: [DONE]\n\n`,
      contentType: eventStream,
    },
    'openai responses': { path: '/v1/responses', request: responses, answer: response },
    'openai responses stream': {
      path: '/v1/responses',
      request: { ...responses, stream: true },
      answer: sse(
        [
          { type: 'response.output_text.delta', output_index: 0, delta: p('text delta') },
          { type: 'response.function_call_arguments.delta', output_index: 2, delta: toArguments(p('arguments delta')) },
          { type: 'response.completed', response },
        ],
        true,
      ),
      contentType: eventStream,
    },
    'openai completions': {
      path: '/v1/completions',
      request: { model: 'gpt-3.5-turbo-instruct', prompt: [p('prompt')], suffix: p('suffix') },
      answer: {
        id: 'c',
        model: 'gpt-3.5-turbo-instruct',
        choices: [{ index: 0, text: p('completion'), finish_reason: 'stop' }],
        usage,
      },
    },
    'openai embeddings': {
      path: '/v1/embeddings',
      request: { model: 'text-embedding-3-small', input: [p('embedded'), p('embedded too')] },
      answer: {
        model: 'text-embedding-3-small',
        data: [{ index: 0, embedding: [0.1] }],
        usage: { prompt_tokens: 9, total_tokens: 9 },
      },
    },
  }
}
