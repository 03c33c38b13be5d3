/**
 * Numbers and addresses as they would read without what does not show: zero-width characters and soft hyphens between
 * letters and digits, full-width digits, the hyphens and spaces of typesetting between digits.
 */
import type { View } from './injection/view.ts'
import { ViewBuilder } from './injection/view.ts'
import { isAscii } from './text-units.ts'

const rare = /[\u00ad\u2007-\u2013\u202f\u2060-\u2064\ufeff\uff10-\uff19]/
const disguised =
  /[\w@.+-][\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+[\w@.+-]|\d[\u2007-\u200a\u2010-\u2013\u202f]\d|[\uff10-\uff19]/

/** Null where the text hides nothing, which is nearly always. */
export function viewPlainNumbers(text: string): View | null {
  if (isAscii(text) || !rare.test(text) || !disguised.test(text)) return null
  const builder = new ViewBuilder()
  for (let at = 0; at < text.length; at++) {
    const plain = plainOf(text.charCodeAt(at))
    if (plain !== '') builder.push(plain ?? text.charAt(at), at, at + 1)
  }
  return builder.build()
}

/** Empty: does not show. Null: as it is. */
function plainOf(unit: number): string | null {
  if (unit < 0xad) return null
  if (unit === 0xad || (unit >= 0x200b && unit <= 0x200f) || (unit >= 0x2060 && unit <= 0x2064) || unit === 0xfeff)
    return ''
  if ((unit >= 0x2007 && unit <= 0x200a) || unit === 0x202f) return ' '
  if (unit >= 0x2010 && unit <= 0x2013) return '-'
  return unit >= 0xff10 && unit <= 0xff19 ? String.fromCharCode(unit - 0xff10 + 0x30) : null
}
