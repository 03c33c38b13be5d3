// Budgets: file ≤ 300 lines (500 hard), function ≤ 50 (70 hard), three parameters, no `any`.
// Between a budget and its hard bound a file or function needs a line in size-allowances.json that gives the reason.
import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { isTest, listFiles, parse, readText, report, sourcePattern } from './source-files.mjs'

const budget = { file: 300, fileHard: 500, function: 50, functionHard: 70, parameters: 3 }
const allowances = JSON.parse(readFileSync(new URL('./size-allowances.json', import.meta.url), 'utf8'))
const used = new Set()
const problems = []

function allow(key) {
  if (typeof allowances[key] !== 'string') return false
  used.add(key)
  return true
}

function checkFile(path) {
  const lines = readText(path).split('\n').length - 1
  if (lines > budget.fileHard) problems.push(`${path} has ${lines} lines: at most ${budget.fileHard}`)
  else if (lines > budget.file && !allow(path))
    problems.push(`${path} has ${lines} lines: at most ${budget.file} without an allowance`)
}

const isFunction = (node) =>
  ts.isFunctionDeclaration(node) ||
  ts.isFunctionExpression(node) ||
  ts.isArrowFunction(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isConstructorDeclaration(node)

function nameOf(node) {
  if (node.name) return node.name.getText()
  const { parent } = node
  if ((ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) && parent.name) return parent.name.getText()
  return ts.isConstructorDeclaration(node) ? 'constructor' : 'anonymous'
}

/** Lines of the function itself: functions inside it answer for their own. */
function linesOf(node, source) {
  const span = (n) =>
    source.getLineAndCharacterOfPosition(n.end).line - source.getLineAndCharacterOfPosition(n.getStart()).line + 1
  let inner = 0
  const visit = (child) => {
    if (isFunction(child)) inner += Math.max(0, span(child) - 1)
    else ts.forEachChild(child, visit)
  }
  ts.forEachChild(node, visit)
  return span(node) - inner
}

function checkFunctions(path) {
  const source = parse(path)
  const visit = (node) => {
    if (isFunction(node) && node.body) {
      const key = `${path}#${nameOf(node)}`
      const lines = linesOf(node, source)
      if (lines > budget.functionHard) problems.push(`${key} has ${lines} lines: at most ${budget.functionHard}`)
      else if (lines > budget.function && !allow(key))
        problems.push(`${key} has ${lines} lines: at most ${budget.function} without an allowance`)
      if (node.parameters.length > budget.parameters && !allow(`${key}/parameters`))
        problems.push(
          `${key} takes ${node.parameters.length} parameters: at most ${budget.parameters}, then an options object`,
        )
    }
    if (node.kind === ts.SyntaxKind.AnyKeyword)
      problems.push(`${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} says any`)
    ts.forEachChild(node, visit)
  }
  visit(source)
}

const files = listFiles(sourcePattern).filter((path) => !path.startsWith('build/'))
for (const path of files) {
  checkFile(path)
  if (!isTest(path)) checkFunctions(path)
}
for (const key of Object.keys(allowances))
  if (!used.has(key)) problems.push(`size-allowances.json names ${key}, which needs none: remove it`)
report('check-size', problems, `${files.length} files`)
