// One question, whole and as a stream, with the user and the session it belongs to.
import { setContext, start } from '@inferometer/sdk'

// Before the client is made: it takes hold of `fetch` then.
start({ serviceName: 'example-openai-chat' })
const { default: OpenAI } = await import('openai')

setContext({ userId: 'user-1', sessionId: 'session-1', tags: ['example'] })
const openai = new OpenAI()
const question = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Where is order 1234?' }] }

const answer = await openai.chat.completions.create(question)
console.log(answer.choices[0].message.content)

const stream = await openai.chat.completions.create({
  ...question,
  stream: true,
  stream_options: { include_usage: true },
})
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '')
process.stdout.write('\n')
