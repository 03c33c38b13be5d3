/** What can be read from an app's package.json about how the SDK gets in. */
import { readManifest } from './find-package.ts'

/** Their output is one file in which a hook set before no longer reaches every client. */
const bundlers = ['next', 'webpack', 'esbuild', 'vite', 'rollup', 'rolldown', 'parcel', 'tsup', 'wrangler', 'bun']

/** Advice, most pressing first. Nothing here is proof, so nothing here fails the doctor. */
export function listHints(appDir: string, variables: NodeJS.ProcessEnv): string[] {
  const manifest = readManifest(appDir)
  if (manifest === null)
    return ['There is no package.json in this folder. Run the doctor where your app is, or name its folder with --cwd']
  const hints: string[] = []
  const scripts = Object.values(readTable(manifest.scripts)).join('\n')
  const loadedFirst = [scripts, variables.NODE_OPTIONS ?? ''].some((text) => text.includes('@inferometer/sdk/register'))
  if (!loadedFirst)
    hints.push(
      'No script loads the SDK first. Clients take hold of fetch when they are made, so either run ' +
        '`node --import @inferometer/sdk/register app.js`, or call start() before the first client is made',
    )
  const names = [...Object.keys(readTable(manifest.dependencies)), ...Object.keys(readTable(manifest.devDependencies))]
  const used = names.filter((name) => bundlers.includes(name))
  if (used.length > 0)
    hints.push(
      `This app is bundled (${used.join(', ')}). Where --import does not reach the bundle, or on an edge runtime, give ` +
        'the client our fetch: new OpenAI({ fetch: createFetch() })',
    )
  return hints
}

function readTable(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
