// Anthropic's messages with a tool, as streams. One session holds the calls of the task together.
import { setContext, start } from '@inferometer/sdk'

start({ serviceName: 'example-anthropic-tools' })
const { default: Anthropic } = await import('@anthropic-ai/sdk')

const anthropic = new Anthropic()
const tools = [
  {
    name: 'lookup_order',
    description: 'Where an order is',
    input_schema: { type: 'object', properties: { order_id: { type: 'number' } }, required: ['order_id'] },
  },
]
const roundsAtMost = 4

async function answer(question) {
  const messages = [{ role: 'user', content: question }]
  for (let round = 0; round < roundsAtMost; round++) {
    const stream = anthropic.messages.stream({ model: 'claude-sonnet-4-5', max_tokens: 500, tools, messages })
    const message = await stream.finalMessage()
    messages.push({ role: 'assistant', content: message.content })
    const asked = message.content.filter(({ type }) => type === 'tool_use')
    if (asked.length === 0) return message.content.map(({ text }) => text).join('')
    const results = asked.map(({ id, input }) => ({
      type: 'tool_result',
      tool_use_id: id,
      content: `order ${input.order_id} is on its way`,
    }))
    messages.push({ role: 'user', content: results })
  }
  throw new Error(`no answer after ${roundsAtMost} rounds`)
}

setContext({ sessionId: 'order-1234' })
console.log(await answer('Where is order 1234?'))
