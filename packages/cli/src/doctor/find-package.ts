/** Finds packages as Node would from the app's folder, without running anything of theirs. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface FoundPackage {
  readonly name: string
  readonly version: string
  readonly folder: string
}

/** Walks up from `fromDir`, as module resolution does. Null when the package is not installed. */
export function findPackage(name: string, fromDir: string): FoundPackage | null {
  for (let dir = fromDir; ; dir = dirname(dir)) {
    const folder = join(dir, 'node_modules', name)
    const manifest = readManifest(folder)
    if (manifest !== null) return { name, version: String(manifest.version ?? 'unknown'), folder }
    if (dirname(dir) === dir) return null
  }
}

/** Null when there is none, or none that can be read. */
export function readManifest(folder: string): { readonly [field: string]: unknown } | null {
  const path = join(folder, 'package.json')
  if (!existsSync(path)) return null
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    // A broken package.json is the app's to mend; npm names it better than we could.
    return null
  }
}
