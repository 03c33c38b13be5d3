/** `inferometer key` */
import { createHash, randomBytes } from 'node:crypto'
import { UsageError } from './usage-error.ts'

export interface KeyFlags {
  readonly may?: string
  readonly services?: string
  readonly callsPerSecond?: number
  readonly expires?: string
}

const rights = ['write', 'read', 'admin']
const keyBytes = 32

/**
 * Makes a key and prints it with its entry for api_keys.yaml, which holds the digest alone: who reads that file can let
 * nobody in. Nothing is written anywhere.
 */
export function makeKey(name: string, flags: KeyFlags): number {
  const key = `inf_${randomBytes(keyBytes).toString('base64url')}`
  const entry = {
    name,
    sha256: createHash('sha256').update(key).digest('hex'),
    ...(flags.may !== undefined && { may: readList(flags.may, checkRight) }),
    ...(flags.services !== undefined && { services: readList(flags.services) }),
    ...(flags.callsPerSecond !== undefined && { calls_per_second: flags.callsPerSecond }),
    ...(flags.expires !== undefined && { expires: readDate(flags.expires) }),
  }
  // JSON is YAML.
  console.log(`The key, shown this once:

  ${key}

Its entry, to be put under "keys:" in api_keys.yaml of the configuration folder; a running server takes it at once:

  - ${JSON.stringify(entry)}
`)
  return 0
}

function readList(text: string, check: (item: string) => void = () => undefined): string[] {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  items.forEach(check)
  return items
}

function checkRight(right: string): void {
  if (!rights.includes(right)) throw new UsageError(`--may must be of ${rights.join(', ')}, not '${right}'`)
}

function readDate(text: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new UsageError(`--expires must be a date such as 2027-01-31, not '${text}'`)
  return text
}
