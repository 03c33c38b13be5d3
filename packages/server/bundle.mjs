// Bundles the server: two files instead of the six hundred modules of ours, core and the schema library, of which
// most is never used. Loading them takes longer than everything else a start does. Names are kept, so that stacks stay
// readable; tests and types take the sources.
import { createHash } from 'node:crypto'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { preparePatterns } from '@inferometer/core/scan/prepared-patterns'
import { rolldown } from 'rolldown'
import { parse } from 'yaml'
import { readProviders } from './dist/enrich/read-providers.js'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const coreSource = at('../core/src/')
const bundled = /^(\.|\/|@inferometer\/|typebox(\/|$)|@fastify\/type-provider-typebox$)/

const core = {
  name: 'core',
  resolveId: (id) =>
    id.startsWith('@inferometer/core/') ? `${coreSource}${id.slice('@inferometer/core/'.length)}.ts` : null,
}

const catalogue = {
  name: 'catalogue',
  load: (id) =>
    id === at('src/enrich/read-providers.ts')
      ? `import { readFile } from 'node:fs/promises'
         export const readProviders = async () => JSON.parse(await readFile(new URL('./catalogue.json', import.meta.url), 'utf8'))`
      : null,
}

async function writeCatalogue(path) {
  const providers = await readProviders()
  const json = JSON.stringify(providers)
  if (!isDeepStrictEqual(JSON.parse(json), providers)) throw new Error('BUG: the catalogue is not what JSON can carry')
  await writeFile(path, json)
}

const patterns = {
  name: 'patterns',
  load: (id) =>
    id === at('src/enrich/read-prepared.ts')
      ? `import { existsSync, readFileSync } from 'node:fs'
         export function readPrepared(sha256) {
           const file = new URL('./patterns-' + sha256 + '.json', import.meta.url)
           return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
         }`
      : null,
}

/** The shipped patterns, compiled as far as JSON can carry it: a start with another file compiles that. */
async function writePrepared(folder) {
  const text = await readFile(at('../../config/patterns.yaml'), 'utf8')
  const sha256 = createHash('sha256').update(text).digest('hex')
  await writeFile(`${folder}/patterns-${sha256}.json`, JSON.stringify(preparePatterns(parse(text))))
}

const dir = at('bundle')
await rm(dir, { recursive: true, force: true })
await mkdir(dir)
await writeCatalogue(at('bundle/catalogue.json'))
await writePrepared(dir)
await copyFile(at('../../node_modules/typebox/license'), at('bundle/LICENSE-typebox'))
const build = await rolldown({
  input: { index: at('src/index.ts'), worker: at('src/store/duckdb/worker.ts') },
  external: (id) => !bundled.test(id) && !id.startsWith(at('.')),
  platform: 'node',
  plugins: [core, catalogue, patterns],
})
await build.write({ dir, format: 'es', sourcemap: true, chunkFileNames: '[name].js' })
await build.close()
