import { existsSync, readFileSync } from 'node:fs'
import type { ConfigProblem } from '@inferometer/core/config-problem'
import { readYaml } from '@inferometer/server'
import type { Finding } from './finding.ts'

export type Path = ConfigProblem['path']

/** A file as a value, with a way from a path in it back to line and column. JSON is YAML too. */
export interface YamlSource {
  readonly value: unknown
  find(path: Path, message: string): Finding
}

export type SourceRead =
  | { readonly ok: true; readonly source: YamlSource }
  | { readonly ok: false; readonly findings: readonly Finding[] }

export function readSource(file: string): SourceRead {
  if (!existsSync(file)) return refuse(file, 'is not there')
  const read = readYaml(readFileSync(file, 'utf8'))
  if (!read.ok) return { ok: false, findings: read.problems.map((problem) => ({ file, ...problem })) }
  const { value, locate } = read
  const find = (path: Path, message: string): Finding => {
    const [problem] = locate([{ path, message }])
    const { line = 1, column = 1, path: at = '' } = problem ?? {}
    return { file, line, column, message: at === '' ? message : `${at} ${message}` }
  }
  return { ok: true, source: { value, find } }
}

const refuse = (file: string, message: string): SourceRead => ({
  ok: false,
  findings: [{ file, line: 1, column: 1, message }],
})

/** The value at a path, or undefined where the way there breaks off. */
export function valueAt(value: unknown, path: Path): unknown {
  let here = value
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = Reflect.get(here, step)
  }
  return here
}

export const listAt = (value: unknown, path: Path): readonly unknown[] => {
  const list = valueAt(value, path)
  return Array.isArray(list) ? list : []
}
