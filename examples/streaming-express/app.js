// A web server that hands a model's stream on to the browser. The first token the user sees is the one that is measured.
import { setContext, start } from '@inferometer/sdk'

start({ serviceName: 'example-streaming-express' })
const { default: OpenAI } = await import('openai')
const { default: express } = await import('express')

const openai = new OpenAI()
const app = express()

app.get('/ask', async (request, response) => {
  // Holds for this request alone, whatever else runs at the same time.
  setContext({ userId: String(request.query.user ?? 'nobody') })
  const stream = await openai.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: String(request.query.question ?? 'Hello') }],
    stream: true,
    stream_options: { include_usage: true },
  })
  // The model stops when the reader goes away; the call is then recorded as cancelled.
  response.on('close', () => stream.controller.abort())
  for await (const chunk of stream) response.write(chunk.choices[0]?.delta?.content ?? '')
  response.end()
})

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}/ask?question=Hello`)
})
