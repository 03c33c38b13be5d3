import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Starts a server on free ports and a new data folder. */
export async function spawnServer() {
  const dataDir = await mkdtemp(join(tmpdir(), 'inferometer-bench-'))
  const script = fileURLToPath(new URL('./server-process.mjs', import.meta.url))
  const configDir = fileURLToPath(new URL('../config', import.meta.url))
  const startedMs = performance.now()
  const child = fork(script, [dataDir, configDir])
  const [ready] = await once(child, 'message')
  const readyMs = performance.now() - startedMs
  return {
    addresses: ready.addresses,
    readyMs,
    async usage() {
      child.send('usage')
      const [usage] = await once(child, 'message')
      return usage
    },
    async stop() {
      child.send('stop')
      await once(child, 'exit')
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Values of the text exposition by `name{labels}`. */
export async function readMetrics(address) {
  const text = await (await fetch(`${address}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0
}
