// Stands in for Tempo, Loki and Grafana where supervision is tested, not they: says a version, listens where its configuration
// tells it to, keeps what it is sent, and writes into a journal when it starts and stops.
// node stand-in.mjs <name> <journal> <version> [the program's own arguments …]
import { appendFileSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'

const [name, journal, version, ...args] = process.argv.slice(2)
if (args[0] === '--version') {
  console.log(name === 'grafana' ? `grafana version ${version}` : `${name}, version ${version} (branch: HEAD)`)
  process.exit(0)
}
const note = (what) => appendFileSync(journal, `${what} ${name} ${process.pid}\n`)

function readPorts() {
  if (name === 'grafana') return [Number(process.env.GF_SERVER_HTTP_PORT)]
  const path = args.find((argument) => argument.startsWith('-config.file='))?.slice('-config.file='.length)
  const config = readFileSync(path, 'utf8')
  const http = /http_listen_port: (\d+)/.exec(config)?.[1]
  const otlp = /endpoint: .*:(\d+)/.exec(config)?.[1]
  return [http, otlp].filter((port) => port !== undefined).map(Number)
}

/** Bodies as they came, decompressed, in base64. */
const taken = []
const isAsked = (path) => ['/ready', '/api/health'].includes(path)

async function answer(request, response) {
  if (request.url === '/crash') {
    console.error('told to crash')
    process.exit(3)
  }
  if (request.url === '/environment') return response.end(JSON.stringify({ env: process.env, args }))
  if (request.url === '/taken') return response.end(JSON.stringify(taken))
  if (request.method === 'POST') {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    taken.push({ path: request.url, body: plain.toString('base64') })
    return response.end()
  }
  response.writeHead(isAsked(request.url) ? 200 : 404).end(JSON.stringify({ database: 'ok', version }))
}

const servers = readPorts().map((port) => createServer(answer).listen(port, '127.0.0.1'))
note('started')
process.once('SIGTERM', () => {
  note('stopped')
  for (const server of servers) server.close()
  process.exit(0)
})
