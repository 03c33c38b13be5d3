// A server in a process of its own, for the benchmarks: tells where it listens, and what it uses when asked.
// The young heap is kept small while it starts, as by the command line (packages/cli/src/young-heap.ts).
import { setFlagsFromString } from 'node:v8'

setFlagsFromString('--semi-space-growth-factor=1')
const { startServer } = await import('@inferometer/server')

const server = await startServer(
  {
    apiPort: 0,
    metricsPort: 0,
    otlpHttpPort: 0,
    otlpGrpcPort: 0,
    consolePort: 0,
    dataDir: process.argv[2],
    configDir: process.argv[3] ?? 'config',
    logLevel: 'warn',
    limits: { series: 200_000, models: 20_000, services: 1_000 },
  },
  { consoleDir: process.argv[4] ?? null },
)
setFlagsFromString('--semi-space-growth-factor=2')
process.send({ kind: 'ready', addresses: server.addresses })
process.on('message', async (message) => {
  if (message === 'usage') {
    const { user, system } = process.cpuUsage()
    process.send({ kind: 'usage', rssBytes: process.memoryUsage.rss(), cpuSeconds: (user + system) / 1e6 })
  }
  if (message === 'stop') {
    await server.stop()
    process.disconnect()
  }
})
