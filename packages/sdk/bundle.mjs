// Bundles the SDK: one file per entry and module system, with core inside, so that a user installs one package.
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const coreSource = at('../core/src/')

const core = {
  name: 'core',
  resolveId: (id) =>
    id.startsWith('@inferometer/core/') ? `${coreSource}${id.slice('@inferometer/core/'.length)}.ts` : null,
}

export async function bundle() {
  for (const entry of ['index', 'register', 'edge']) {
    const build = await rolldown({
      input: at(`src/${entry}.ts`),
      external: [/^node:/, '@opentelemetry/api'],
      platform: entry === 'edge' ? 'neutral' : 'node',
      plugins: [core],
      treeshake: { moduleSideEffects: false },
    })
    for (const [format, extension] of [
      ['es', 'js'],
      ['cjs', 'cjs'],
    ])
      await build.write({ file: at(`dist/bundle/${entry}.${extension}`), format, sourcemap: true })
    await build.close()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle()
