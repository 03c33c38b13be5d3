// An environment of Python with a client library and three instrumentations of it, outside the repository.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { peersFolder } from './list.mjs'

const requirements = fileURLToPath(new URL('./python-requirements.txt', import.meta.url))
const content = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)
const folder = join(peersFolder, `python-${content}`)

/** The interpreter, or undefined where the environment was not made. */
export function findPython() {
  const path = join(folder, 'bin', 'python')
  return existsSync(join(folder, 'complete')) ? path : undefined
}

/** @returns {string | undefined} why it is left out */
export function makePython() {
  if (findPython()) return undefined
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(peersFolder, { recursive: true })
  const run = (command, args) => spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
  const made = run('python3', ['-m', 'venv', folder])
  if (made.status !== 0) return made.error?.message ?? made.stderr.trim()
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]
  const installed = run(join(folder, 'bin', 'python'), pip)
  if (installed.status !== 0) return installed.stderr.trim()
  writeFileSync(join(folder, 'complete'), '')
  return undefined
}
