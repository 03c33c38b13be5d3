// Holds docs/reference to the code: every metric, setting, environment variable, error code and command stands there, and nothing else.
import { listFiles, readText, report } from './source-files.mjs'

const problems = []
const dist = (path) => import(new URL(`../packages/${path}`, import.meta.url).href)

/** `names` of the code against the first cells of the page's tables, or against all its words in back quotes, that fit `pattern`. */
function compare({ page, what, names, pattern, anywhere = false }) {
  const text = readText(`docs/reference/${page}`)
  const words = text.matchAll(anywhere ? /`([^`\n]+)`/g : /^\| `([^`\n]+)` \|/gm)
  const written = new Set([...words].map((match) => match[1]).filter((name) => pattern.test(name)))
  for (const name of names)
    if (!written.has(name)) problems.push(`docs/reference/${page} does not name the ${what} ${name}`)
  for (const name of written)
    if (!names.has(name))
      problems.push(`docs/reference/${page} names the ${what} ${name}, which the code does not have`)
  return names.size
}

const { callMetrics, processMetrics, selfMetrics } = await dist('core/dist/metrics.js')
const metrics = new Set(
  [...Object.values(callMetrics), ...Object.values(selfMetrics), ...Object.values(processMetrics)].map(
    ({ name }) => name,
  ),
)

const { errorCatalogue } = await dist('server/dist/errors.js')
const errors = new Set(Object.keys(errorCatalogue))

const { configSchema } = await dist('server/dist/config.js')
const settings = new Set()
for (const [name, property] of Object.entries(configSchema.properties)) {
  if ('properties' in property) for (const inner of Object.keys(property.properties)) settings.add(`${name}.${inner}`)
  else settings.add(name)
}

const { settings: cliSettings } = await dist('cli/dist/settings.js')
const environment = new Set(Object.values(cliSettings).map(({ variable }) => variable))
for (const path of listFiles(/^packages\/sdk\/src\/.*\.ts$/)) {
  if (/\.test\.ts$/.test(path)) continue
  for (const [name] of readText(path).matchAll(/\b(INFEROMETER|OTEL)_[A-Z0-9_]+\b/g)) environment.add(name)
}

const { createProgram } = await dist('cli/dist/program.js')
const commands = new Set()
const flags = new Set()
for (const command of createProgram({ exitCode: 0 }).commands) {
  commands.add(`inferometer ${command.name()}`)
  for (const { long } of command.options) flags.add(long)
}

const optionsOf = (path, name) => {
  const body = new RegExp(`export interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(readText(path))[1]
  return [...body.matchAll(/^ {2}([a-zA-Z]+)\?:/gm)].map((match) => match[1])
}
const sdkOptions = new Set([
  ...optionsOf('packages/sdk/src/config.ts', 'StartOptions'),
  ...optionsOf('packages/sdk/src/create-safety.ts', 'SafetyOptions'),
])

const counts = [
  compare({
    page: 'metrics.md',
    what: 'metric',
    names: metrics,
    pattern: /^(llm|inferometer|process|nodejs)_[a-z_]+$/,
  }),
  compare({ page: 'errors.md', what: 'error code', names: errors, pattern: /^[a-z]+(_[a-z]+)*$/ }),
  compare({ page: 'settings.md', what: 'setting', names: settings, pattern: /^[a-z][A-Za-z]*(\.[a-z][A-Za-z]*)?$/ }),
  compare({ page: 'sdk.md', what: 'option', names: sdkOptions, pattern: /^[a-z]+[A-Za-z]*$/ }),
  compare({
    page: 'settings.md',
    what: 'variable',
    names: environment,
    pattern: /^(INFEROMETER|OTEL)_[A-Z0-9_]+$/,
    anywhere: true,
  }),
  compare({ page: 'cli.md', what: 'command', names: commands, pattern: /^inferometer [a-z-]+$/ }),
  compare({ page: 'cli.md', what: 'flag', names: flags, pattern: /^--[a-z-]+$/ }),
]
report('check-docs', problems, `${counts.reduce((a, b) => a + b, 0)} names`)
