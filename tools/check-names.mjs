// Names: files kebab-case after what they hold, no rooms without a name, metric names only in the catalogue,
// nothing that names one machine or one registry.
import ts from 'typescript'
import { isTest, listFiles, parse, readText, report, sourcePattern } from './source-files.mjs'

const problems = []
const rooms = /^(utils?|helpers?|common|shared|misc|types)$/
const publicIndexes = new Set(['packages/sdk/src/index.ts', 'packages/server/src/index.ts'])
const metricsHome = 'packages/core/src/metrics.ts'
const machinePaths = [
  ['/work', 'main'],
  ['/root', ''],
  ['/home', ''],
].map((parts) => `${parts.join('/')}`)
const registryHosts = ['registry.npmjs', 'proxy.golang', 'pypi.org', 'deb.debian'].map((host) => `${host}.`)

/** Every name the catalogue gives to a metric. */
const metricNames = new Set(readText(metricsHome).match(/\b(llm|inferometer)_[a-z_]+\b/g))

function checkMetricNames(path) {
  const visit = (node) => {
    if (ts.isStringLiteralLike(node) && metricNames.has(node.text))
      problems.push(`${path} spells the metric '${node.text}': read it from the catalogue`)
    ts.forEachChild(node, visit)
  }
  visit(parse(path))
}

const files = listFiles(/./)
for (const path of files) {
  const parts = path.split('/')
  const base = (parts.at(-1) ?? '').split('.')[0]
  if (!sourcePattern.test(path)) continue
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(base)) problems.push(`${path}: file names are kebab-case`)
  if (rooms.test(base) || parts.slice(0, -1).some((part) => rooms.test(part)))
    problems.push(`${path}: name what is inside`)
  if (base === 'index' && !publicIndexes.has(path))
    problems.push(`${path}: index.ts is for a package's public face only`)
  if (path.startsWith('packages/') && !isTest(path) && path !== metricsHome) checkMetricNames(path)
}

const textFiles = files.filter(
  (path) => /\.(ts|tsx|mjs|js|json|md|ya?ml|sh)$/.test(path) || path === '.ci/run' || path === '.npmrc',
)
for (const path of textFiles) {
  if (path === 'tools/check-names.mjs') continue
  const text = readText(path)
  for (const place of machinePaths)
    if (text.includes(`${place}/`.replace('//', '/'))) problems.push(`${path} names ${place}: no path of one machine`)
  for (const host of registryHosts) if (text.includes(host)) problems.push(`${path} names ${host}*: no registry's host`)
}

report('check-names', problems, `${files.length} files`)
