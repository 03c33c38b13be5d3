// Bundles the console into dist/app: files that the server hands out as they are, named by their content.
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const coreSource = at('../core/src/')

const core = {
  name: 'core',
  enforce: 'pre',
  resolveId: (id) =>
    id.startsWith('@inferometer/core/') ? `${coreSource}${id.slice('@inferometer/core/'.length)}.ts` : null,
}

export async function buildConsole() {
  await build({
    root: at('src'),
    // Relative: the console lives at / on its own port and under /console/ on that of the API.
    base: './',
    publicDir: at('public'),
    configFile: false,
    logLevel: 'error',
    plugins: [core],
    build: {
      outDir: at('dist/app'),
      emptyOutDir: true,
      // Everything is a file of our own: an inlined one would be refused by the content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: 'es2022',
      chunkSizeWarningLimit: 900,
      reportCompressedSize: false,
    },
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildConsole()
