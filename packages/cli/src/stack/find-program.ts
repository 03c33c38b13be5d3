/** Looks for a program where the user says, else on PATH, and asks it who it is. */
import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type Settings, settings } from '../settings.ts'
import type { KnownProgram } from './known-programs.ts'

const run = promisify(execFile)
const answersWithinMs = 20_000

export interface FoundProgram {
  readonly path: string
  readonly version: string
  readonly major: number
  readonly minor: number
}

/** `missing` says why, for the user. */
export type Search = { readonly found: FoundProgram } | { readonly missing: string }

export interface SearchPlaces {
  readonly given: Settings
  /** The variable PATH. */
  readonly path: string
}

/** Throws `Cannot start the stack: …` when a program that the user named is not there, another one, or too old. */
export async function findProgram(known: KnownProgram, { given, path }: SearchPlaces): Promise<Search> {
  const { flag, variable } = settings[known.setting]
  const named = given[known.setting]
  if (named !== undefined) {
    const search = await inspect(resolve(named), known)
    if ('found' in search) return search
    throw new Error(`Cannot start the stack: ${flag} (${variable}): ${search.missing}`)
  }
  let missing = `not on PATH. Get it: ${known.howToGet}; then put it on PATH or name it with ${flag}`
  for (const file of listCandidates(known, path)) {
    if (!(await isExecutable(file))) continue
    const search = await inspect(file, known)
    if ('found' in search) return search
    missing = `${search.missing}. Get it: ${known.howToGet}; then name it with ${flag}`
  }
  return { missing }
}

const listCandidates = ({ binaries }: KnownProgram, path: string): string[] =>
  path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => binaries.map((name) => join(folder, name)))

async function inspect(path: string, { title, saysItIs, oldest }: KnownProgram): Promise<Search> {
  if (!(await isExecutable(path))) return { missing: `${path} is no program that can be run` }
  const said = await askVersion(path)
  const version = saysItIs.test(said) ? /(\d+)\.(\d+)(?:\.\d+)?/.exec(said) : null
  if (version === null) return { missing: `${path} does not say that it is ${title}` }
  const [text = '', major, minor] = version
  const found = { path, version: text, major: Number(major), minor: Number(minor) }
  if (isOlder(found, oldest))
    return { missing: `${path} is ${title} ${text}, and ${oldest.join('.')} or newer is needed` }
  return { found }
}

export function isOlder(
  { major, minor }: FoundProgram,
  [wantedMajor, wantedMinor]: readonly [number, number],
): boolean {
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor)
}

/** Old versions say it on standard error. Empty: it does not say. */
async function askVersion(path: string): Promise<string> {
  const answer = await run(path, ['--version'], { timeout: answersWithinMs }).catch(() => null)
  return answer === null ? '' : (answer.stdout || answer.stderr).trim()
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
