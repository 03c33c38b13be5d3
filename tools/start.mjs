// npm start: installs and builds where needed, then runs `inferometer start` with the arguments given after `--`.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import './ensure-installed.mjs'

const cli = fileURLToPath(new URL('../packages/cli/bin/inferometer.js', import.meta.url))
const server = spawn(process.execPath, [cli, 'start', ...process.argv.slice(2)], { stdio: 'inherit' })

// On a terminal Ctrl-C reaches the server by itself; a second signal would cut its graceful stop short.
process.on('SIGINT', () => {
  if (!process.stdin.isTTY) server.kill('SIGINT')
})
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal))
server.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
})
