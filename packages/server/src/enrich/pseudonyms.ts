/** What masked data becomes where a key is set: the same for the same value, and for nobody without the key to try out. */
import { createHmac } from 'node:crypto'
import { createPseudonyms } from '@inferometer/core/scan/placeholders'
import type { PlaceholderOf } from '@inferometer/core/scan/redact'

/** Null: no key, so placeholders are all alike. */
export function pseudonymsOf(key: string | null): { readonly placeholderOf?: PlaceholderOf } {
  if (key === null) return {}
  return { placeholderOf: createPseudonyms((text) => createHmac('sha256', key).update(text).digest('hex')) }
}
