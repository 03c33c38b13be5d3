import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Paths relative to the root, of files git tracks or would track. */
export function listFiles(pattern) {
  const out = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  return out.split('\n').filter((path) => path !== '' && pattern.test(path) && existsSync(`${root}/${path}`))
}

export const sourcePattern = /\.(ts|tsx|mjs|js)$/
export const isTest = (path) => /\.(test|cases|bench)\.tsx?$/.test(path) || path.startsWith('tests/')

export function readText(path) {
  return readFileSync(`${root}/${path}`, 'utf8')
}

export function parse(path) {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : path.endsWith('ts') ? ts.ScriptKind.TS : ts.ScriptKind.JS
  return ts.createSourceFile(path, readText(path), ts.ScriptTarget.Latest, true, kind)
}

/** Prints the problems of one check and sets the exit code. */
export function report(name, problems, summary) {
  for (const problem of problems) console.error(`${name}: ${problem}`)
  if (problems.length > 0) process.exitCode = 1
  console.log(`${name}: ${problems.length === 0 ? 'ok' : `${problems.length} problem(s)`} (${summary})`)
}
