/** Numbers of persons outside Europe: lengths, dates and check digits as the issuers publish them. */
import { digitsOf, isDay, isVaried, isVerhoeff, pick, sumWeighted } from './digit-checks.ts'
import { isLuhn } from './luhn.ts'
import type { IdCheck } from './national-ids-europe.ts'

const digitLetters = (text: string) => text.replace(/[^0-9A-Za-z]/g, '').toUpperCase()

/** T.C. kimlik no: the tenth digit of sums over odd and even places, the eleventh of all. */
const isTurkish: IdCheck = (text) => {
  const digits = digitsOf(text)
  if (digits.length !== 11 || digits[0] === 0) return false
  const odd = sumWeighted(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1])
  const even = sumWeighted(digits, [0, 1, 0, 1, 0, 1, 0, 1])
  const all = digits.slice(0, 10).reduce((sum, digit) => sum + digit, 0)
  return (((odd * 7 - even) % 10) + 10) % 10 === digits[9] && all % 10 === digits[10]
}

const modElevenOf = (sum: number) => (sum % 11 < 2 ? 0 : 11 - (sum % 11))

/** CPF and CNPJ: two check digits. */
const isBrazilian: IdCheck = (text) => {
  const digits = digitsOf(text)
  if (!isVaried(digits)) return false
  if (digits.length === 11)
    return (
      modElevenOf(sumWeighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2])) === digits[9] &&
      modElevenOf(sumWeighted(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2])) === digits[10]
    )
  return (
    digits.length === 14 &&
    modElevenOf(sumWeighted(digits, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) === digits[12] &&
    modElevenOf(sumWeighted(digits, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) === digits[13]
  )
}

/** CUIT and CUIL: persons begin with 20, 23, 24 or 27, companies with 30, 33 or 34. */
const isArgentine: IdCheck = (text) => {
  const digits = digitsOf(text)
  if (digits.length !== 11 || ![20, 23, 24, 27, 30, 33, 34].includes(pick(digits, 0, 2))) return false
  return (11 - (sumWeighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === digits[10]
}

/** RUT: the check is K where it would be ten. */
const isChilean: IdCheck = (text) => {
  const compact = digitLetters(text)
  const digits = digitsOf(compact.slice(0, -1)).toReversed()
  if (digits.length < 7 || digits.length > 8) return false
  const check = 11 - (sumWeighted(digits, [2, 3, 4, 5, 6, 7, 2, 3]) % 11)
  return (check === 11 ? '0' : check === 10 ? 'K' : String(check)) === compact.at(-1)
}

const curpMarks = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ'

/** CURP: name, date, sex, state, consonants, check digit. */
const isMexican: IdCheck = (text) => {
  if (
    !/^[A-Z]{4}\d{6}[HMX](?:A[SG]|B[CS]|C[CLMSH]|D[FG]|G[TR]|HG|JC|M[CNS]|N[ETL]|OC|PL|Q[TR]|S[PLR]|T[CSL]|VZ|YN|ZS)[A-Z]{3}[0-9A-Z]\d$/.test(
      text,
    )
  )
    return false
  const sum = [...text.slice(0, 17)].reduce((all, char, at) => all + curpMarks.indexOf(char) * (18 - at), 0)
  return isDay(Number(text.slice(6, 8)), Number(text.slice(8, 10))) && (10 - (sum % 10)) % 10 === Number(text[17])
}

/** Aadhaar: Verhoeff; none begins with 0 or 1. */
const isAadhaar: IdCheck = (text) => {
  const digits = digitsOf(text)
  return digits.length === 12 && (digits[0] ?? 0) > 1 && isVerhoeff(digits)
}

/** PAN: the fourth letter is the kind of holder. */
const isIndianPan: IdCheck = (text) => /^[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]$/.test(text)

/** Resident identity number: region, date, order, check by ISO 7064 MOD 11-2. */
const isChinese: IdCheck = (text) => {
  const digits = digitsOf(text.slice(0, 17))
  const year = pick(digits, 6, 10)
  if (digits.length !== 17 || year < 1900 || year > 2100 || !isDay(pick(digits, 10, 12), pick(digits, 12, 14)))
    return false
  const sum = sumWeighted(digits, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
  return '10X98765432'[sum % 11] === text[17]?.toUpperCase()
}

/** Resident registration number: since 2020 without a check digit. */
const isKorean: IdCheck = (text) => {
  const digits = digitsOf(text)
  return (
    digits.length === 13 &&
    isDay(pick(digits, 2, 4), pick(digits, 4, 6)) &&
    (digits[6] ?? 0) >= 1 &&
    (digits[6] ?? 0) <= 8
  )
}

/** My Number */
const isJapanese: IdCheck = (text) => {
  const digits = digitsOf(text)
  if (digits.length !== 12 || !isVaried(digits)) return false
  const rest = sumWeighted(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
  return (rest < 2 ? 0 : 11 - rest) === digits[11]
}

const taiwanLetters = 'ABCDEFGHJKLMNPQRSTUVXYWZIO'

const isTaiwanese: IdCheck = (text) => {
  const letter = taiwanLetters.indexOf(text[0] ?? '') + 10
  const digits = digitsOf(text)
  if (letter < 10 || digits.length !== 9 || ![1, 2, 8, 9].includes(digits[0] ?? 0)) return false
  const sum = Math.floor(letter / 10) + (letter % 10) * 9 + sumWeighted(digits, [8, 7, 6, 5, 4, 3, 2, 1, 1])
  return sum % 10 === 0
}

/** NRIC and FIN. */
const isSingaporean: IdCheck = (text) => {
  const compact = text.toUpperCase()
  const kind = compact[0] ?? ''
  const offset = kind === 'T' || kind === 'G' ? 4 : kind === 'M' ? 3 : 0
  const sum = (sumWeighted(digitsOf(compact), [2, 7, 6, 5, 4, 3, 2]) + offset) % 11
  if (kind === 'M') return 'KLJNPQRTUWX'[10 - sum] === compact[8]
  return ('ST'.includes(kind) ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK')[sum] === compact[8]
}

const isSouthAfrican: IdCheck = (text) => {
  const digits = digitsOf(text)
  return digits.length === 13 && isDay(pick(digits, 2, 4), pick(digits, 4, 6)) && (digits[10] ?? 9) < 3 && isLuhn(text)
}

const isTaxFileNumber: IdCheck = (text) => {
  const digits = digitsOf(text)
  return digits.length === 9 && isVaried(digits) && sumWeighted(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0
}

/** Medicare card: the ninth digit checks the first eight. */
const isAustralianMedicare: IdCheck = (text) => {
  const digits = digitsOf(text)
  const isLength = digits.length === 10 || digits.length === 11
  return (
    isLength &&
    [2, 3, 4, 5, 6].includes(digits[0] ?? 0) &&
    sumWeighted(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digits[8]
  )
}

const isCanadian: IdCheck = (text) => {
  const digits = digitsOf(text)
  return digits.length === 9 && digits[0] !== 0 && digits[0] !== 8 && isVaried(digits) && isLuhn(text)
}

/** Teudat zehut */
const isIsraeli: IdCheck = (text) => {
  const digits = digitsOf(text)
  return digits.length === 9 && isVaried(digits) && isLuhn(text)
}

/** Individual taxpayer number: begins with 9, groups 50 to 65, 70 to 88, 90 to 92 and 94 to 99. */
const isItin: IdCheck = (text) => {
  const digits = digitsOf(text)
  const group = pick(digits, 3, 5)
  const isGroup = (group >= 50 && group <= 65) || (group >= 70 && group <= 99 && group !== 89 && group !== 93)
  return digits.length === 9 && digits[0] === 9 && isGroup
}

export const otherIds: Readonly<Record<string, IdCheck>> = {
  national_id_tr: isTurkish,
  national_id_br: isBrazilian,
  national_id_ar: isArgentine,
  national_id_cl: isChilean,
  national_id_mx: isMexican,
  national_id_in: isAadhaar,
  national_id_in_pan: isIndianPan,
  national_id_cn: isChinese,
  national_id_kr: isKorean,
  national_id_jp: isJapanese,
  national_id_tw: isTaiwanese,
  national_id_sg: isSingaporean,
  national_id_za: isSouthAfrican,
  national_id_au: isTaxFileNumber,
  medicare_au: isAustralianMedicare,
  national_id_ca: isCanadian,
  national_id_il: isIsraeli,
  us_itin: isItin,
}
