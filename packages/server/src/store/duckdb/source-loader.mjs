// Lets Node 20 run the TypeScript sources where no bundler is at work: in the worker, and in processes tests start.
// Only for tests and benchmarks: node --import <here>/register-source-loader.mjs x.ts. The build leaves it out.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'rolldown/utils'

const packages = new URL('../../../../', import.meta.url)

export function resolve(specifier, context, nextResolve) {
  const core = /^@inferometer\/core\/(.+)$/.exec(specifier)
  return nextResolve(core ? new URL(`core/src/${core[1]}.ts`, packages).href : specifier, context)
}

export function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context)
  const path = fileURLToPath(url)
  const { code, errors } = transformSync(path, readFileSync(path, 'utf8'), { sourcemap: false })
  if (errors.length > 0) throw new Error(`Cannot load ${path}: ${errors[0].message}`)
  return { format: 'module', source: code, shortCircuit: true }
}
