/** Numbers of persons in Europe: lengths, dates and check digits as the issuers publish them. */
import { digitsOf, isDay, isIso7064, isVaried, pick, remainderOf, sumWeighted } from './digit-checks.ts'
import { isLuhn } from './luhn.ts'

/** The candidate alone; what stands around it is looked at elsewhere. */
export type IdCheck = (candidate: string) => boolean

const digitLetters = (text: string) => text.replace(/[^0-9A-Za-z]/g, '').toUpperCase()

/** Steuer-ID: the first ten digits repeat exactly one digit twice or three times; ISO 7064. */
const isGerman: IdCheck = (text) => {
  const digits = digitsOf(text)
  if (digits.length !== 11 || digits[0] === 0) return false
  const counts = new Array<number>(10).fill(0)
  for (const digit of digits.slice(0, 10)) counts[digit] = (counts[digit] ?? 0) + 1
  const repeated = counts.filter((count) => count > 1)
  return repeated.length === 1 && (repeated[0] ?? 0) <= 3 && isIso7064(digits)
}

/** NIR: sex, year, month, department, commune, order, key = 97 − number mod 97; Corsica writes 2A and 2B. */
const isFrench: IdCheck = (text) => {
  const compact = digitLetters(text)
  const digits = digitsOf(compact.replace('2A', '19').replace('2B', '18'))
  if (compact.length !== 15 || digits.length !== 15) return false
  const month = pick(digits, 3, 5)
  if (!(month >= 1 && month <= 12) && !(month >= 20 && month <= 42) && month < 50) return false
  return (
    [1, 2, 3, 4, 7, 8].includes(digits[0] ?? 0) && 97 - remainderOf(digits.slice(0, 13), 97) === pick(digits, 13, 15)
  )
}

const spanishLetters = 'TRWAGMYFPDXBNJZSQVHLCKE'

/** DNI and NIE: the letter is the number modulo 23. */
const isSpanish: IdCheck = (text) => {
  const compact = digitLetters(text).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)))
  return /^\d{8}[A-Z]$/.test(compact) && spanishLetters[Number(compact.slice(0, 8)) % 23] === compact[8]
}

const italianOdd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]

/** Codice fiscale: the last letter is a sum over the others, which count differently in odd places. */
const isItalian: IdCheck = (text) => {
  const compact = digitLetters(text)
  if (!/^[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]$/.test(compact))
    return false
  const sum = [...compact.slice(0, 15)].reduce((all, char, at) => {
    const value = /\d/.test(char) ? Number(char) : char.charCodeAt(0) - 65
    return all + (at % 2 === 0 ? (italianOdd[value] ?? 0) : value)
  }, 0)
  return compact.charCodeAt(15) - 65 === sum % 26
}

const isPortuguese: IdCheck = (text) => {
  const digits = digitsOf(text)
  if (digits.length !== 9 || ![1, 2, 3].includes(digits[0] ?? 0)) return false
  const rest = sumWeighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
  return (rest < 2 ? 0 : 11 - rest) === digits[8]
}

/** BSN: the eleven test, with the last digit counted −1. */
const isDutch: IdCheck = (text) => {
  const digits = digitsOf(text)
  return digits.length === 9 && isVaried(digits) && sumWeighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0
}

/** Rijksregisternummer: 97 − number mod 97; a 2 stands before the number of those born since 2000. */
const isBelgian: IdCheck = (text) => {
  const digits = digitsOf(text)
  if (digits.length !== 11 || !isDay(pick(digits, 2, 4) % 20, pick(digits, 4, 6))) return false
  const check = pick(digits, 9, 11)
  const body = digits.slice(0, 9)
  return 97 - remainderOf(body, 97) === check || 97 - remainderOf([2, ...body], 97) === check
}

/** PESEL: the century is added to the month. */
const isPolish: IdCheck = (text) => {
  const digits = digitsOf(text)
  if (digits.length !== 11 || !isDay(pick(digits, 2, 4) % 20, pick(digits, 4, 6))) return false
  return (10 - (sumWeighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === digits[10]
}

/** Personnummer: Luhn over the last ten digits; 60 is added to the day of a coordination number. */
const isSwedish: IdCheck = (text) => {
  const digits = digitsOf(text).slice(-10)
  return digits.length === 10 && isDay(pick(digits, 2, 4), pick(digits, 4, 6) % 60) && isLuhn(digits.join(''))
}

const isNorwegian: IdCheck = (text) => {
  const digits = digitsOf(text)
  if (digits.length !== 11 || !isDay(pick(digits, 2, 4) % 40, pick(digits, 0, 2) % 40)) return false
  const first = sumWeighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11
  return first === 0 && sumWeighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
}

/** CPR: a date and a running number; since 2007 without a check digit. */
const isDanish: IdCheck = (text) => {
  const digits = digitsOf(text)
  return digits.length === 10 && isDay(pick(digits, 2, 4), pick(digits, 0, 2)) && pick(digits, 6, 10) > 0
}

const finnishMarks = '0123456789ABCDEFHJKLMNPRSTUVWXY'

const isFinnish: IdCheck = (text) => {
  const digits = digitsOf(text.slice(0, 6) + text.slice(7, 10))
  if (digits.length !== 9 || !isDay(pick(digits, 2, 4), pick(digits, 0, 2))) return false
  return finnishMarks[pick(digits, 0, 9) % 31] === text.at(10)?.toUpperCase()
}

/** AHV: 756 for Switzerland, EAN-13. */
const isSwiss: IdCheck = (text) => {
  const digits = digitsOf(text)
  if (digits.length !== 13 || pick(digits, 0, 3) !== 756) return false
  return (10 - (sumWeighted(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10 === digits[12]
}

/** Sozialversicherungsnummer: the check digit is the fourth. */
const isAustrian: IdCheck = (text) => {
  const digits = digitsOf(text)
  if (digits.length !== 10 || digits[0] === 0 || !isDay(pick(digits, 6, 8) % 12 || 12, pick(digits, 4, 6))) return false
  return sumWeighted(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === digits[3]
}

/** National Insurance number: prefixes that are in use, no check digit. */
const isNino: IdCheck = (text) =>
  /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/.test(digitLetters(text))

const isNhs: IdCheck = (text) => {
  const digits = digitsOf(text)
  if (digits.length !== 10 || !isVaried(digits)) return false
  return (11 - (sumWeighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === digits[9]
}

/** PPS number: the letter is the weighted sum modulo 23; a second letter counts nine times. */
const isIrish: IdCheck = (text) => {
  const compact = digitLetters(text)
  if (!/^\d{7}[A-W][ABHW]?$/.test(compact)) return false
  const second = compact.length > 8 && compact[8] !== 'W' ? compact.charCodeAt(8) - 64 : 0
  const sum = (sumWeighted(digitsOf(compact), [8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23
  return (sum === 0 ? 'W' : String.fromCharCode(64 + sum)) === compact[7]
}

/** Rodné číslo: 50 is added to the month of women, 20 where numbers ran out; a multiple of eleven since 1954. */
const isCzech: IdCheck = (text) => {
  const digits = digitsOf(text)
  const month = pick(digits, 2, 4) % 50
  if (digits.length !== 10 || !isDay(month > 20 ? month - 20 : month, pick(digits, 4, 6))) return false
  return remainderOf(digits, 11) === 0
}

const isRomanian: IdCheck = (text) => {
  const digits = digitsOf(text)
  if (digits.length !== 13 || digits[0] === 0 || !isDay(pick(digits, 3, 5), pick(digits, 5, 7))) return false
  const rest = sumWeighted(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
  return (rest === 10 ? 1 : rest) === digits[12]
}

const isBulgarian: IdCheck = (text) => {
  const digits = digitsOf(text)
  if (digits.length !== 10 || !isDay(pick(digits, 2, 4) % 20, pick(digits, 4, 6))) return false
  return (sumWeighted(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === digits[9]
}

const isCroatian: IdCheck = (text) => {
  const digits = digitsOf(text)
  return digits.length === 11 && isVaried(digits) && isIso7064(digits)
}

/** Isikukood and asmens kodas: a second row of weights where the first leaves ten. */
const isBaltic: IdCheck = (text) => {
  const digits = digitsOf(text)
  if (digits.length !== 11 || !isDay(pick(digits, 3, 5), pick(digits, 5, 7)) || (digits[0] ?? 0) > 6) return false
  const first = sumWeighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11
  const check = first < 10 ? first : (sumWeighted(digits, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11) % 10
  return check === digits[10]
}

/** ΑΜΚΑ */
const isGreek: IdCheck = (text) => {
  const digits = digitsOf(text)
  return digits.length === 11 && isDay(pick(digits, 2, 4), pick(digits, 0, 2)) && isLuhn(digits.join(''))
}

export const europeanIds: Readonly<Record<string, IdCheck>> = {
  national_id_de: isGerman,
  national_id_fr: isFrench,
  national_id_es: isSpanish,
  national_id_it: isItalian,
  national_id_pt: isPortuguese,
  national_id_nl: isDutch,
  national_id_be: isBelgian,
  national_id_pl: isPolish,
  national_id_se: isSwedish,
  national_id_no: isNorwegian,
  national_id_dk: isDanish,
  national_id_fi: isFinnish,
  national_id_ch: isSwiss,
  national_id_at: isAustrian,
  national_id_uk: isNino,
  nhs_number: isNhs,
  national_id_ie: isIrish,
  national_id_cz: isCzech,
  national_id_ro: isRomanian,
  national_id_bg: isBulgarian,
  national_id_hr: isCroatian,
  national_id_ee: isBaltic,
  national_id_gr: isGreek,
}
