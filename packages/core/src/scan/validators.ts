/** The checks that a pattern file can ask for by name. */
import { isCardNumber } from './validators/card-number.ts'
import { isEmailAddress } from './validators/email-address.ts'
import { isIban } from './validators/iban.ts'
import { isPublicIpv4 } from './validators/ipv4.ts'
import { isIpv6 } from './validators/ipv6.ts'
import { isJwt } from './validators/jwt.ts'
import { isLuhn } from './validators/luhn.ts'
import { isPhoneNumber } from './validators/phone-number.ts'
import { isSecret } from './validators/secret.ts'
import type { Validator } from './validators/surroundings.ts'
import { isUsSsn } from './validators/us-ssn.ts'

const validators: Readonly<Record<string, Validator>> = {
  luhn: isLuhn,
  card: isCardNumber,
  iban: isIban,
  us_ssn: isUsSsn,
  ipv4: isPublicIpv4,
  ipv6: isIpv6,
  email: isEmailAddress,
  phone: isPhoneNumber,
  jwt: isJwt,
  secret: isSecret,
}

export const validatorNames = Object.keys(validators)

export function findValidator(name: string): Validator | null {
  return validators[name] ?? null
}
