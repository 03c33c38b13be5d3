/** Tells one process from a later one that was given the same number. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const startTimeField = 19

/** When the process started, in the system's own words. Null: there is no such process, or nobody can tell. */
export async function readProcessIdentity(pid: number): Promise<string | null> {
  return (await readProcStart(pid)) ?? (await readPsStart(pid))
}

/** Field 22 of /proc/<pid>/stat, counted after the name in brackets, which may hold anything. */
async function readProcStart(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return null
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[startTimeField]
  return start === undefined ? null : `proc ${start}`
}

async function readPsStart(pid: number): Promise<string | null> {
  if (process.platform === 'linux') return null
  const output = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => null)
  const start = output?.stdout.trim() ?? ''
  return start === '' ? null : `ps ${start}`
}
