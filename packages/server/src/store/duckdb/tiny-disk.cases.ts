import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'

export interface TinyDisk {
  makeReadOnly(): void
  remove(): void
}

/** Mounts a file system in memory; answers why not when that is not allowed here. */
export function mountTinyDisk(path: string, megabytes: number): TinyDisk | { readonly whyNot: string } {
  mkdirSync(path, { recursive: true })
  const mount = (...args: string[]) => spawnSync('mount', [...args, path], { encoding: 'utf8' })
  const { status, stderr, error } = mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs')
  if (status !== 0) return { whyNot: `cannot mount a small file system: ${error?.message ?? stderr.trim()}` }
  return {
    makeReadOnly: () => {
      mount('-o', 'remount,ro')
    },
    remove: () => {
      spawnSync('umount', [path])
      rmSync(path, { recursive: true, force: true })
    },
  }
}
