// The AI SDK with a tool. No telemetry option is needed: the SDK sees the requests that it makes.
import { start } from '@inferometer/sdk'

start({ serviceName: 'example-vercel-ai' })
const { createOpenAI } = await import('@ai-sdk/openai')
const { generateText, stepCountIs, tool } = await import('ai')
const { z } = await import('zod')

const openai = createOpenAI()
const { text, steps } = await generateText({
  model: openai.chat('gpt-4o-mini'),
  prompt: 'Where is order 1234?',
  stopWhen: stepCountIs(4),
  tools: {
    lookup_order: tool({
      description: 'Where an order is',
      inputSchema: z.object({ order_id: z.number() }),
      execute: async ({ order_id }) => ({ order_id, place: 'on its way' }),
    }),
  },
})
console.log(`${steps.length} steps: ${text}`)
