/** What the plans of all programs are made from. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FoundProgram } from './find-program.ts'

export interface PlanOptions {
  readonly found: FoundProgram
  /** Where it listens. */
  readonly host: string
  readonly port: number
  /** Its own folder: configuration and data. */
  readonly folder: string
  /** `deploy/`, which holds the configurations that we complete. */
  readonly deployDir: string
  readonly retentionDays: number
  /** Handed to the program, completed. */
  readonly variables: NodeJS.ProcessEnv
}

/** Address for programs on this machine: one that listens everywhere is asked on loopback. */
export function localUrl(host: string, port: number): string {
  const reached = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`
}

/** `${NAME}` becomes its value. A name without one is a bug of ours. */
export function fillTemplate(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`BUG: the template wants ${name}`)
    return String(value)
  })
}

/** Completes a configuration of ours and writes it into the program's folder; gives the path. */
export async function writeFilled(
  template: string,
  folder: string,
  values: Readonly<Record<string, string | number>>,
): Promise<string> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'config.yaml')
  await writeFile(path, fillTemplate(await readFile(template, 'utf8'), values))
  return path
}
