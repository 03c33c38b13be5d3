import { describe, expect, it } from 'vitest'
import { isCardNumber } from './card-number.ts'
import { isEmailAddress } from './email-address.ts'
import { isIban } from './iban.ts'
import { isPublicIpv4 } from './ipv4.ts'
import { isIpv6 } from './ipv6.ts'
import { isJwt } from './jwt.ts'
import { isLuhn } from './luhn.ts'
import { isPersonName } from './person-name.ts'
import { isPhoneNumber } from './phone-number.ts'
import { isSecret } from './secret.ts'
import type { Validator } from './surroundings.ts'
import { isUsSsn } from './us-ssn.ts'

/** `before [candidate] after` → does the check take the candidate? */
function check(validator: Validator, marked: string): boolean {
  const open = marked.indexOf('⟦')
  const close = marked.indexOf('⟧')
  if (open < 0) return validator(marked, { before: '', after: '' })
  return validator(marked.slice(open + 1, close), { before: marked.slice(0, open), after: marked.slice(close + 1) })
}

const cases: readonly {
  readonly name: string
  readonly validator: Validator
  readonly yes: string[]
  readonly no: string[]
}[] = [
  {
    name: 'isPersonName',
    validator: isPersonName,
    yes: ['Ana Silva', 'Ludwig van Beethoven', 'J. Smith', 'Анна'],
    no: ['Customer', 'Sir', 'Hiring Manager', 'de', 'Unknown'],
  },
  {
    name: 'isLuhn',
    validator: isLuhn,
    yes: ['79927398713', '4111-1111-1111-1111', '00'],
    no: ['79927398710', '4111111111111112', '', '0', 'abc'],
  },
  {
    name: 'isCardNumber',
    validator: isCardNumber,
    yes: [
      '4111111111111111',
      '5555 5555 5555 4444',
      '3782-822463-10005',
      '6011111111111117',
      'card=⟦4111111111111111⟧,',
    ],
    no: [
      '4111111111111112',
      '0000000000000000',
      '1700000000000',
      '79927398713',
      'a⟦4111111111111111⟧',
      '⟦4111111111111111⟧-9',
      '/⟦4111111111111111⟧',
    ],
  },
  {
    name: 'isIban',
    validator: isIban,
    yes: [
      'DE89 3704 0044 0532 0130 00',
      'GB82WEST12345698765432',
      'NO9386011117947',
      'MT84MALT011000012345MTLCAST001S',
    ],
    no: ['DE88370400440532013000', 'DE8937040044053201300', 'ZZ89370400440532013000', ''],
  },
  {
    name: 'isUsSsn',
    validator: isUsSsn,
    yes: ['536-22-8417', '001-01-0001', 'ssn:⟦536228417⟧'],
    no: ['000-12-3456', '666-12-3456', '900-12-3456', '123-00-4567', '123-45-0000', '078-05-1120', '⟦536-22-8417⟧-1'],
  },
  {
    name: 'isPublicIpv4',
    validator: isPublicIpv4,
    yes: ['84.23.119.7', '8.8.8.8', 'ip=⟦84.23.119.7⟧', '(⟦84.23.119.7⟧:443)', 'from ⟦84.23.119.7⟧.'],
    no: [
      '10.1.2.3',
      '127.0.0.1',
      '192.168.0.1',
      '172.20.1.1',
      '169.254.1.1',
      '0.0.0.0',
      '255.255.255.255',
      '203.0.113.9',
      '256.1.1.1',
      '08.8.8.8',
      'v⟦1.2.3.4⟧',
      'version ⟦9.2.3.4⟧',
      '⟦9.2.3.4⟧.5',
      '>=⟦9.2.3.4⟧',
    ],
  },
  {
    name: 'isIpv6',
    validator: isIpv6,
    yes: ['2a02:8109:b540:88c0:1c2b:9d4e:77fa:0e21', '2a02:8109::77fa', '[⟦2a02:8109::77fa⟧]'],
    no: [
      '12:34:56',
      '00:1a:2b:3c:4d:5e',
      'fe80::1',
      '2001:db8::1',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1::2::3',
      'a⟦2a02:8109::77fa⟧',
    ],
  },
  {
    name: 'isEmailAddress',
    validator: isEmailAddress,
    yes: ['ana@example.com', "o'brien+tag@mail.example.co.uk", '<⟦ana@example.com⟧>'],
    no: [
      '.ana@example.com',
      'a..b@example.com',
      'logo@2x.png',
      'git@github.com',
      'ssh://⟦deploy@example.com⟧/repo',
      '⟦org@host.com⟧:team/repo.git',
    ],
  },
  {
    name: 'isPhoneNumber',
    validator: isPhoneNumber,
    yes: ['+351 912 345 678', '(212) 555-0182', '212-555-0182', 'tel.⟦0912345678⟧', 'phone=⟦0912345678⟧'],
    no: [
      '123456',
      '1234567890123456',
      '1111111111',
      '2025-03-14',
      '14/03/2025',
      '2025-03-14 09:26',
      '12)345678(',
      '12..345678',
      '€⟦12 345 678⟧',
      '⟦1234 5678⟧.90',
      'id-⟦555-0182-77⟧',
    ],
  },
  {
    name: 'isSecret',
    validator: isSecret,
    yes: ['tr0ub4dor&3', ['sk', 'aB3dE5fG7hJ9kL2mN4pQ6'].join('-')],
    no: [
      'password',
      'string',
      '<your-key-1>',
      ['$', '{TOKEN_1}'].join(''),
      'xxxxxxxxxxxx',
      'process.env.KEY1',
      'example123',
      'aaaaaaa1',
    ],
  },
]

describe.each(cases)('$name()', ({ validator, yes, no }) => {
  it.each(yes)('takes %s', (marked) => {
    expect(check(validator, marked)).toBe(true)
  })
  it.each(no)('refuses %s', (marked) => {
    expect(check(validator, marked)).toBe(false)
  })
})

describe('isJwt()', () => {
  it('reads the header', () => {
    const part = (value: unknown) => btoa(JSON.stringify(value)).replace(/=+$/, '')
    expect(isJwt(`${part({ alg: 'HS256' })}.${part({ sub: 1 })}.c2ln`)).toBe(true)
    expect(isJwt(`${part({ name: 'HS256' })}.${part({ sub: 1 })}.c2ln`)).toBe(false)
    expect(isJwt('not.a.token')).toBe(false)
  })
})
