// A user's app: asks what standard input says (a JSON array of questions), prints one JSON line per answer.
//   [{ "client": "openai", "baseUrl": "…", "model": "…", "prompt": "…", "streaming": false }]
import { text } from 'node:stream/consumers'
import { clients } from './clients.mjs'

for (const question of JSON.parse(await text(process.stdin))) {
  const started = performance.now()
  let answer
  try {
    answer = { ok: true, text: (await clients[question.client](question)) ?? null }
  } catch (error) {
    answer = { ok: false, error: `${error.name}: ${error.message}` }
  }
  console.log(JSON.stringify({ ...question, ...answer, wallMs: performance.now() - started }))
}
