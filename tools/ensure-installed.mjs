// Installs and builds what is missing or out of date. Plain Node: nothing is installed yet when it runs.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What npm wrote down about its last installation here. */
const installedPath = join(root, 'node_modules', '.package-lock.json')
/** Touched after each build of ours: the compiler leaves files alone whose content stays the same. */
const stampPath = join(root, 'node_modules', '.inferometer-built')
const outputs = [
  'packages/cli/dist/main.js',
  'packages/sdk/dist/bundle/index.js',
  'packages/console/dist/app/index.html',
].map((path) => join(root, path))

const changedMs = (path) => (existsSync(path) ? statSync(path).mtimeMs : Number.NEGATIVE_INFINITY)

function newestSourceMs() {
  const packages = join(root, 'packages')
  let newest = 0
  for (const name of readdirSync(packages)) {
    const files = ['package.json', 'tsconfig.json', 'bundle.mjs', 'build.mjs'].map((file) => join(packages, name, file))
    for (const file of [...files, ...listSources(join(packages, name, 'src'))])
      newest = Math.max(newest, changedMs(file))
  }
  return newest
}

function listSources(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true })
    .filter((path) => /\.(tsx?|css|html)$/.test(path) && !/\.(test|cases|bench)\.tsx?$/.test(path))
    .map((path) => join(folder, path))
}

function run(args) {
  console.log(`npm ${args.join(' ')}`)
  const { status, error } = spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  if (error) console.error(`Cannot run npm: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}

/** Some packages write their version with a leading v; npm keeps it in one file and drops it in the other. */
const bare = (version) => version?.replace(/^v/, '')

/** Compared by content: a checkout gives the lock file a new date without changing a package. */
function isInstalled() {
  if (!existsSync(installedPath)) return false
  const [wanted, present] = [join(root, 'package-lock.json'), installedPath].map(
    (path) => JSON.parse(readFileSync(path, 'utf8')).packages,
  )
  return Object.entries(wanted).every(
    ([path, { version, link, optional }]) =>
      !path.startsWith('node_modules/') || link || optional || bare(present[path]?.version) === bare(version),
  )
}

function isBuilt() {
  return outputs.every((path) => existsSync(path)) && newestSourceMs() <= changedMs(stampPath)
}

if (!isInstalled()) run(['ci', '--no-fund', '--no-audit'])
if (!isBuilt()) {
  const startedMs = Date.now()
  run(['run', 'build'])
  if (newestSourceMs() <= startedMs) writeFileSync(stampPath, '')
}
