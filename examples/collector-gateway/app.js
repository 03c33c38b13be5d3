// The application knows the Collector alone.
import { start } from '@inferometer/sdk'

start({
  serviceName: 'example-collector-gateway',
  endpoint: `http://${process.env.COLLECTOR_ENDPOINT ?? '127.0.0.1:4319'}`,
})
const { default: OpenAI } = await import('openai')

const answer = await new OpenAI().chat.completions.create({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Where is order 1234?' }],
})
console.log(answer.choices[0].message.content)
