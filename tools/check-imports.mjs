// Who may import whom (docs: CONTRIBUTING.md), and that nobody imports in a circle.
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { isTest, listFiles, parse, readText, report, sourcePattern } from './source-files.mjs'

const allowedPackages = {
  core: [],
  sdk: ['core'],
  server: ['core'],
  console: ['core'],
  cli: ['core', 'sdk', 'server'],
}
const packageNames = {
  '@inferometer/core': 'core',
  '@inferometer/sdk': 'sdk',
  '@inferometer/server': 'server',
  '@inferometer/console': 'console',
  inferometer: 'cli',
}
const stages = ['receive', 'normalize', 'enrich', 'store', 'metrics', 'forward', 'query', 'self']
/** Words that name one provider. Shared code never decides by them. */
const providerWords =
  /\b(openai|anthropic|bedrock|gemini|vertex|cohere|mistral|ollama|groq|deepseek|openrouter|perplexity|azure)\b/i
const providerHomes = /^packages\/(core\/src\/(wire|price)\/|server\/src\/(normalize|enrich)\/|cli\/src\/(demo|doctor))/
const environmentHomes = /^packages\/(cli\/|sdk\/src\/config\.ts$|sdk\/bundle\.mjs$)/

const problems = []
const files = listFiles(sourcePattern).filter((path) => path.startsWith('packages/') && !/\/(dist|bin)\//.test(path))
const known = new Set(files)
const edges = new Map()

function importsOf(path) {
  const found = []
  const visit = (node) => {
    const specifier = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined
    if (specifier && ts.isStringLiteral(specifier)) found.push(specifier.text)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments
      if (argument && ts.isStringLiteral(argument)) found.push(argument.text)
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal))
      found.push(node.argument.literal.text)
    ts.forEachChild(node, visit)
  }
  visit(parse(path))
  return found
}

function resolveImport(from, specifier) {
  if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier))
  const core = /^@inferometer\/core\/(.+)$/.exec(specifier)
  return core ? `packages/core/src/${core[1]}.ts` : undefined
}

const packageOf = (path) => path.split('/')[1]
const stageOf = (path) => {
  const match = /^packages\/server\/src\/([^/]+)\//.exec(path)
  return match && stages.includes(match[1]) ? match[1] : undefined
}

function checkImport(path, specifier) {
  const [scope, name] = specifier.split('/')
  const owner = packageNames[scope.startsWith('@') ? `${scope}/${name}` : scope]
  const mine = packageOf(path)
  if (owner && owner !== mine && !allowedPackages[mine]?.includes(owner))
    problems.push(`${path} imports ${specifier}: ${mine} may not import ${owner}`)
  if (mine === 'core' && !isTest(path) && !specifier.startsWith('.'))
    problems.push(`${path} imports ${specifier}: core has no dependencies`)
  const target = resolveImport(path, specifier)
  if (!target) return
  if (specifier.startsWith('.') && packageOf(target) !== mine)
    problems.push(`${path} imports ${specifier}: name the package instead of a path into it`)
  const stage = stageOf(path)
  const targetStage = stageOf(target)
  if (stage && targetStage && stage !== targetStage && !isTest(path))
    problems.push(`${path} imports ${specifier}: stages never import each other`)
  if (known.has(target)) edges.get(path).push(target)
}

function checkCoreIsPure(path, text) {
  const impure =
    /\b(Date\.now|new Date\(\)|performance\.now|setTimeout|setInterval|process\.|Math\.random|crypto\.)/.exec(text)
  if (impure)
    problems.push(`${path} uses ${impure[1]}: core has no clock, randomness or environment; take it as an argument`)
}

function checkProviderWords(path) {
  const visit = (node) => {
    if (
      ts.isStringLiteralLike(node) &&
      !ts.isImportDeclaration(node.parent) &&
      providerWords.test(node.text) &&
      node.text.length < 40
    ) {
      problems.push(
        `${path} says '${node.text}': provider names live in core/wire, core/price, server/normalize and config/`,
      )
    }
    ts.forEachChild(node, visit)
  }
  visit(parse(path))
}

for (const path of files) {
  edges.set(path, [])
  for (const specifier of importsOf(path)) checkImport(path, specifier)
  if (isTest(path)) continue
  const code = readText(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
  if (packageOf(path) === 'core') checkCoreIsPure(path, code)
  if (/process\.env/.test(code) && !environmentHomes.test(path))
    problems.push(`${path} reads process.env: only cli and sdk/src/config.ts do`)
  if (!providerHomes.test(path)) checkProviderWords(path)
}

/** Depth-first search; reports each back edge once with the circle it closes. */
function findCycles() {
  const state = new Map()
  const trail = []
  const visit = (path) => {
    state.set(path, 'open')
    trail.push(path)
    for (const next of edges.get(path) ?? []) {
      if (state.get(next) === 'open')
        problems.push(`import cycle: ${[...trail.slice(trail.indexOf(next)), next].join(' → ')}`)
      else if (!state.has(next)) visit(next)
    }
    trail.pop()
    state.set(path, 'done')
  }
  for (const path of edges.keys()) if (!state.has(path)) visit(path)
}
findCycles()

report('check-imports', problems, `${files.length} files`)
