// Bundles the SDK: one file per entry and module system, with core inside, so that a user installs one package.
import { copyFile, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { preparePatterns } from '@inferometer/core/scan/prepared-patterns'
import { rolldown } from 'rolldown'
import { parse } from 'yaml'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const coreSource = at('../core/src/')

const core = {
  name: 'core',
  resolveId: (id) =>
    id.startsWith('@inferometer/core/') ? `${coreSource}${id.slice('@inferometer/core/'.length)}.ts` : null,
}

/** A text and not an object: it is parsed by those who ask for it, and text is what engines load fastest. */
const patterns = {
  name: 'patterns',
  async load(id) {
    if (id !== at('src/shipped-patterns.ts')) return null
    const shipped = parse(await readFile(at('../../config/patterns.yaml'), 'utf8'))
    // They are run where the file is read as a file.
    for (const pattern of shipped.patterns) delete pattern.examples
    const text = JSON.stringify(JSON.stringify(preparePatterns(shipped)))
    return `export const readShippedPatterns = () => JSON.parse(${text})`
  },
}

const entries = ['index', 'register', 'edge', 'safety', 'safety-node', 'safety-worker']
const commonJs = ['cjs', 'cjs']
/** What runs without Node. */
const neutral = new Set(['edge', 'safety'])

export async function bundle() {
  for (const entry of entries) {
    const build = await rolldown({
      input: at(`src/${entry}.ts`),
      external: [/^node:/, '@opentelemetry/api'],
      platform: neutral.has(entry) ? 'neutral' : 'node',
      plugins: [core, patterns],
      treeshake: { moduleSideEffects: false },
    })
    for (const [format, extension] of entry === 'safety-worker' ? [commonJs] : [['es', 'js'], commonJs])
      await build.write({ file: at(`dist/bundle/${entry}.${extension}`), format, sourcemap: true })
    await build.close()
  }
  // Parts of these are in the bundles of safety.
  await copyFile(at('../../node_modules/@noble/hashes/LICENSE'), at('dist/bundle/LICENSE-noble-hashes'))
  await copyFile(at('../../node_modules/yaml/LICENSE'), at('dist/bundle/LICENSE-yaml'))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle()
