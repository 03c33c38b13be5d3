// An agent's loop with LangChain: the model asks for a tool, the tool runs, the model answers.
import { start } from '@inferometer/sdk'

start({ serviceName: 'example-langchain-agent' })
const { HumanMessage } = await import('@langchain/core/messages')
const { tool } = await import('@langchain/core/tools')
const { ChatOpenAI } = await import('@langchain/openai')
const { z } = await import('zod')

const lookupOrder = tool(async ({ order_id }) => `order ${order_id} is on its way`, {
  name: 'lookup_order',
  description: 'Where an order is',
  schema: z.object({ order_id: z.number() }),
})
// LangChain reads the base URL from `configuration`, not from the environment.
const configuration = process.env.OPENAI_BASE_URL ? { baseURL: process.env.OPENAI_BASE_URL } : {}
const model = new ChatOpenAI({ model: 'gpt-4o-mini', configuration }).bindTools([lookupOrder])

const messages = [new HumanMessage('Where is order 1234?')]
const roundsAtMost = 4
for (let round = 0; round < roundsAtMost; round++) {
  const answer = await model.invoke(messages)
  messages.push(answer)
  if (!answer.tool_calls?.length) break
  for (const call of answer.tool_calls) messages.push(await lookupOrder.invoke(call))
}
console.log(messages.at(-1).content)
