import type { Surroundings } from './surroundings.ts'

/** Endings of file names that look like a domain: `icon@2x.png`. */
const fileEndings =
  /\.(?:png|jpe?g|gif|svg|webp|ico|css|scss|js|mjs|ts|tsx|jsx|json|html?|md|py|rb|go|java|txt|pdf|zip|yaml|yml)$/i

/** Shape that the expression does not check: no stray dots, a domain that is no file, not the user of a repository or URL. */
export function isEmailAddress(candidate: string, { before, after }: Surroundings): boolean {
  const at = candidate.lastIndexOf('@')
  const user = candidate.slice(0, at)
  if (/^\.|\.$|\.\./.test(user) || fileEndings.test(candidate)) return false
  const isRepository = user === 'git' || (after.startsWith(':') && /^:[\w.-]+\//.test(after))
  const isUrlUser = /:\/\/(?:[^\s/]*:)?$/.test(before)
  return !isRepository && !isUrlUser
}
