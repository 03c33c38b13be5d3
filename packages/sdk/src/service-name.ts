import fs from 'node:fs'
import path from 'node:path'

/** The name in the nearest package.json above the program, else the program's file name. */
export function findServiceName(program: string | undefined, workingDir: string): string {
  const start = program === undefined ? workingDir : path.dirname(path.resolve(workingDir, program))
  for (let dir = start; ; dir = path.dirname(dir)) {
    const name = readPackageName(path.join(dir, 'package.json'))
    if (name !== null) return name
    if (dir === path.dirname(dir)) break
  }
  return program === undefined ? 'node' : path.basename(program).replace(/\.[^.]+$/, '')
}

function readPackageName(file: string): string | null {
  try {
    const content: unknown = JSON.parse(fs.readFileSync(file, 'utf8'))
    if (typeof content !== 'object' || content === null || !('name' in content)) return null
    return typeof content.name === 'string' && content.name !== '' ? content.name : null
  } catch {
    // Absent or broken: the next one up may tell.
    return null
  }
}
