// npm run lock: after a change of dependencies. A registry mirror may lack the packages of other platforms, and npm then leaves
// them out of the lock file and refuses it in `npm ci`. This names them again, and drops download addresses.
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'wasi']
const processors = ['arm64', 'x64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'wasm32']

/** Platform of a package by its name: `@biomejs/cli-linux-x64-musl`. Null when the name says none. */
function platformOf(name) {
  const words = name.split(/[/-]/)
  const system = systems.find((word) => words.includes(word))
  const processor = processors.find((word) => words.includes(word))
  return system && processor ? { os: [system], cpu: [processor] } : null
}

/** Where npm looks for a package from `at`: the nearest folder that has it, with the version asked for. */
function isFound(at, name, version) {
  const folders = at.split('/node_modules/')
  for (let depth = folders.length; depth > 0; depth--) {
    const entry = lock.packages[[...folders.slice(0, depth), name].join('/node_modules/')]
    if (entry) return entry.version === version
  }
  return lock.packages[`node_modules/${name}`]?.version === version
}

let added = 0
for (const [at, entry] of Object.entries(lock.packages)) {
  if (entry.resolved?.startsWith('http')) delete entry.resolved
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const platform = platformOf(name)
    if (platform === null || isFound(at, name, version)) continue
    const beside = at.slice(0, at.lastIndexOf('node_modules/'))
    lock.packages[`${beside}node_modules/${name}`] = { version, ...platform, dev: entry.dev, optional: true }
    added += 1
  }
}
const [head, ...rest] = Object.entries(lock.packages)
lock.packages = Object.fromEntries([head, ...rest.sort(([a], [b]) => (a < b ? -1 : 1))])
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`package-lock.json: ${added} packages of other platforms named`)
