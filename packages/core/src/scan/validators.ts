/** The checks that a pattern file can ask for by name. */
import { isBirthDate } from './validators/birth-date.ts'
import { isCardNumber, isLabelledCardNumber } from './validators/card-number.ts'
import { isDocumentNumber } from './validators/document-number.ts'
import { isEmailAddress } from './validators/email-address.ts'
import { isIban } from './validators/iban.ts'
import { isPublicIpv4 } from './validators/ipv4.ts'
import { isIpv6 } from './validators/ipv6.ts'
import { isJwt } from './validators/jwt.ts'
import { isLuhn } from './validators/luhn.ts'
import { europeanIds, type IdCheck } from './validators/national-ids-europe.ts'
import { otherIds } from './validators/national-ids-world.ts'
import { isPersonName } from './validators/person-name.ts'
import { isNorthAmericanPhone, isPhoneNumber } from './validators/phone-number.ts'
import { isRandomValue, isSecret, isToldPassword } from './validators/secret.ts'
import { isInsideToken, type Validator } from './validators/surroundings.ts'
import { isUsSsn } from './validators/us-ssn.ts'

const validators: Readonly<Record<string, Validator>> = {
  luhn: isLuhn,
  card: isCardNumber,
  card_labelled: isLabelledCardNumber,
  iban: isIban,
  us_ssn: isUsSsn,
  ipv4: isPublicIpv4,
  ipv6: isIpv6,
  email: isEmailAddress,
  phone: isPhoneNumber,
  phone_us: isNorthAmericanPhone,
  birth_date: isBirthDate,
  document: isDocumentNumber,
  person_name: isPersonName,
  jwt: isJwt,
  secret: isSecret,
  random: isRandomValue,
  password: isToldPassword,
  ...Object.fromEntries(
    Object.entries({ ...europeanIds, ...otherIds }).map(([name, check]) => [name, asValidator(check)]),
  ),
}

function asValidator(check: IdCheck): Validator {
  return (candidate, surroundings) => check(candidate) && !isInsideToken(surroundings)
}

export const validatorNames = Object.keys(validators)

export function findValidator(name: string): Validator | null {
  return validators[name] ?? null
}
