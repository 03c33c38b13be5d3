// Health check of the image: does the REST API of this container say that it is well? It sends no key, so a certificate that is made out to
// the name that others know is not held against it.
const { INFEROMETER_API_PORT: port = '8002', INFEROMETER_TLS_CERT: tlsCert } = process.env
const { request } = await import(tlsCert ? 'node:https' : 'node:http')

const asked = request({
  host: '127.0.0.1',
  port,
  path: '/v1/metrics/health',
  rejectUnauthorized: false,
  timeout: 4_000,
})
asked.on('response', ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1))
asked.on('timeout', () => process.exit(1))
asked.on('error', () => process.exit(1))
asked.end()
