// Other packages that look for the same, installed only when asked for (--peers), without their scripts, into a folder of the
// system's temporary ones: none of them is a dependency of the project, not even of its benches.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const folder = join(tmpdir(), 'inferometer-bench-peers')
/** All under the MIT licence. */
const versions = {
  'redact-pii': '3.4.0',
  openredaction: '1.1.5',
  '@secretlint/core': '12.0.0',
  '@secretlint/secretlint-rule-preset-recommend': '12.0.0',
}

export function installPeers() {
  mkdirSync(folder, { recursive: true })
  const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`)
  const args = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', ...packages]
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) console.log(`Cannot install ${packages.join(', ')}: npm ended with ${status}`)
}

/** From that folder, or null where it is not installed. */
async function importPeer(name) {
  try {
    return await import(pathToFileURL(createRequire(join(folder, 'index.js')).resolve(name)).href)
  } catch (error) {
    if (/MODULE_NOT_FOUND|ERR_PACKAGE_PATH_NOT_EXPORTED/.test(error?.code ?? '')) return importByEntry(name)
    throw error
  }
}

/** Packages without an entry for `require`. */
async function importByEntry(name) {
  try {
    const home = join(folder, 'node_modules', name)
    const { exports, module, main } = createRequire(join(folder, 'index.js'))(join(home, 'package.json'))
    const entry = exports?.['.']?.import ?? exports?.import ?? module ?? main
    return await import(pathToFileURL(join(home, entry?.default ?? entry)).href)
  } catch (error) {
    if (/MODULE_NOT_FOUND/.test(error?.code ?? '')) return null
    throw error
  }
}

const makers = {
  'redact-pii': ({ default: { SyncRedactor } }) => {
    const redactor = new SyncRedactor()
    return (text) => redactor.redact(text)
  },
  openredaction: ({ OpenRedaction }) => {
    const redactor = new OpenRedaction()
    return (text) => redactor.detect(text)
  },
  '@secretlint/core': async ({ lintSource }) => {
    const preset = '@secretlint/secretlint-rule-preset-recommend'
    const { creator } = await importPeer(preset)
    const config = { rules: [{ id: preset, rule: creator, options: {} }] }
    return (content) =>
      lintSource({
        source: { content, filePath: 'a.txt', ext: '.txt', contentType: 'text' },
        options: { config },
      })
  },
}

/** [{name, scan}]; says which are not there. */
export async function listPeers() {
  const peers = []
  const left = []
  for (const [name, make] of Object.entries(makers)) {
    const loaded = await importPeer(name)
    if (loaded) peers.push({ name: `${name} ${versions[name]}`, scan: await make(loaded) })
    else left.push(name)
  }
  if (left.length > 0) console.log(`Left out, not installed: ${left.join(', ')}. With --peers they are, into ${folder}`)
  return peers
}
