/** Text around a candidate, up to `surroundingsLength` code units on each side. */
export interface Surroundings {
  readonly before: string
  readonly after: string
}

export const surroundingsLength = 64

/** A check of a candidate that has the right shape. */
export type Validator = (candidate: string, surroundings: Surroundings) => boolean

/** The candidate is a piece of something longer: a hash, an id, a path, a decimal number. */
export function isInsideToken({ before, after }: Surroundings): boolean {
  const last = before.length - 1
  const continues =
    isWordAt(before, last) ||
    '/#='.includes(before.charAt(last) || ' ') ||
    (isJointAt(before, last) && isWordAt(before, last - 1))
  if (continues && !isLabelled(before.slice(-5))) return true
  return isWordAt(after, 0) || (isJointAt(after, 0) && after[0] !== '.' && isWordAt(after, 1))
}

const letterOrDigit = /[\p{L}\p{N}]/u

/** Letter, digit or underscore. */
export function isWordAt(text: string, at: number): boolean {
  const unit = at >= 0 && at < text.length ? text.charCodeAt(at) : 0
  if (unit >= 128) return letterOrDigit.test(String.fromCharCode(unit))
  return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || (unit >= 48 && unit <= 57) || unit === 95
}

function isJointAt(text: string, at: number): boolean {
  return '-./:+='.includes(text.charAt(at) || ' ')
}

/** `phone=`, `card:`, `tel.` before a value are a label, not a part of it. */
function isLabelled(before: string): boolean {
  return /[a-z][ "']{0,2}[:=.]$/i.test(before)
}

const things = new Set(
  (
    'order invoice ticket case tracking parcel shipment ref reference sku isbn issn serial part version build release ' +
    'transaction txn timestamp epoch commit issue item product article model batch lot job request trace span session ' +
    'message msg patent coordinate coordinates lat lon long latitude longitude uuid hash checksum score population id ' +
    'bestellung rechnung auftrag commande facture pedido factura'
  ).split(' '),
)
const countingWords = new Set(['number', 'num', 'no', 'nr', 'id', 'code'])
const marks = ' :#=°"\'.-_'

/** `order number`, `invoice #`, `ISBN`: what follows counts things and is nobody's number. */
export function isNumberOfThing({ before }: Surroundings): boolean {
  const last = readWordBack(before, before.length)
  if (things.has(last.word)) return true
  return countingWords.has(last.word) && things.has(readWordBack(before, last.start).word)
}

/** The word that ends at `end`, or before marks that end there, in lower case. */
function readWordBack(text: string, end: number): { readonly word: string; readonly start: number } {
  let last = end
  while (last > 0 && end - last < 5 && marks.includes(text.charAt(last - 1))) last--
  let start = last
  while (start > 0 && isLetterUnit(text.charCodeAt(start - 1))) start--
  return { word: text.slice(start, last).toLowerCase(), start }
}

function isLetterUnit(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90)
}
