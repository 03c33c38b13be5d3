// A classifier behind a URL, as Inferometer asks one: POST {"text": …} → {"score": 0…1}. This one only knows a few words
// of pirates; put a model in its place (see README.md).
import { createServer } from 'node:http'

const signs = [/\bahoy\b/i, /\bbuccaneer\b/i, /\bwalk the plank\b/i]

function classify(text) {
  const seen = signs.filter((sign) => sign.test(text)).length
  return Math.min(1, seen / 2)
}

const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  try {
    const { text } = JSON.parse(body)
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ score: classify(String(text)) }))
  } catch {
    response.writeHead(400).end('{"error":"send {\\"text\\": …} as JSON"}')
  }
})

server.listen(Number(process.env.PORT ?? 8099), '127.0.0.1', () => {
  console.log(`detector on http://127.0.0.1:${server.address().port}/classify`)
})
