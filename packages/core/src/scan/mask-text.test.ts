import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePatterns } from './compile-patterns.ts'
import { createMask } from './mask-text.ts'
import { createPseudonyms } from './placeholders.ts'

const compiled = compilePatterns({
  patterns: [
    { name: 'email', type: 'PII_STRUCTURAL', regex: '[a-z.]{1,40}@[a-z]{1,40}\\.example', validate: null },
    { name: 'phone', type: 'PII_STRUCTURAL', regex: '\\d{7,12}', context: ['phone'] },
    { name: 'codeword', type: 'INJECTION_ATTEMPT', phrase: 'open sesame', weight: 1 },
  ],
})
if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
const { scan } = compiled.scanner
const mask = createMask({ scan })
const secret = 'jane.roe@mail.example'

describe('createMask()', () => {
  it.each([
    ['plain', `write to ${secret} now`, 'write to [EMAIL] now'],
    ['JSON', JSON.stringify({ to: `\n${secret}` }), '{"to":"\\n[EMAIL]"}'],
    [
      'JSON in JSON',
      JSON.stringify({ args: JSON.stringify({ to: `\t${secret}` }) }),
      '{"args":"{\\"to\\":\\"\\\\t[EMAIL]\\"}"}',
    ],
    ['JSON escapes', '{"to":"jane.roe\\u0040mail.example"}', '{"to":"[EMAIL]"}'],
    [
      'JSON escapes in an error that quotes',
      'bad value "jane.roe\\u0040mail.example" (400)',
      'bad value "[EMAIL]" (400)',
    ],
    ['a name of an object', `{"${secret}": "\\n"}`, '{"[EMAIL]":"\\n"}'],
    ['URL escapes', 'GET /?to=jane.roe%40mail.example&x=1', 'GET /?to=[EMAIL]&x=1'],
    ['HTML escapes', '<a>jane.roe&#64;mail&#x2e;example</a>', '<a>[EMAIL]</a>'],
    ['base64', `data: ${btoa(`{"to":"${secret}"}`)}`, `data: ${btoa('{"to":"[EMAIL]"}')}`],
    [
      'base64 for URLs',
      `x ${btoa(`??>${secret}`).replaceAll('+', '-').replaceAll('/', '_')}`,
      `x ${btoa('??>[EMAIL]')}`,
    ],
  ])('finds it in %s', (_, text, masked) => {
    expect(mask(text)).toBe(masked)
  })

  it('leaves text in which nothing is found as it was written', () => {
    for (const text of [
      '{ "a":  "\\n" }',
      '100%25 of %zz \\u12 &#999999999;',
      btoa('hello, world!'),
      '\ud800 {',
      '[[[\\',
    ])
      expect(mask(text)).toBe(text)
  })

  it('leaves what it masked before: a hash beside a word for telephone is no number', () => {
    const pseudonymous = createMask({ scan, placeholderOf: createPseudonyms(() => '1234567890123456') })
    const once = pseudonymous(`phone 5550199123, ${secret}`)
    expect(once).toBe('phone [PHONE:123456789012], [EMAIL:123456789012]')
    expect(pseudonymous(once)).toBe(once)
    expect(mask(once)).toBe(once)
  })

  it('replaces injections where it is told to', () => {
    expect(mask('open sesame')).toBe('open sesame')
    expect(createMask({ scan, kinds: new Set(['pii', 'injection']) })('please open sesame')).toBe('please [CODEWORD]')
  })

  it('takes any text, and leaves nothing of what is planted between other text', () => {
    const around = fc.string({ unit: 'binary', maxLength: 40 })
    const written = fc.constantFrom(secret, encodeURIComponent(secret), JSON.stringify(`\n${secret}`), btoa(secret))
    fc.assert(
      fc.property(around, written, around, (before, text, after) => {
        const masked = mask(`${before} ${text} ${after}`)
        for (const trace of [secret, encodeURIComponent(secret), btoa(secret)]) expect(masked).not.toContain(trace)
      }),
    )
  })
})

describe('createPseudonyms()', () => {
  const placeholderOf = createPseudonyms((text) => Buffer.from(text).toString('hex'))
  it('is the same for one value however it is spelt', () => {
    expect(placeholderOf('email', 'Jane@Mail.example')).toBe(placeholderOf('email', 'jane@mail.example'))
    expect(placeholderOf('credit_card', '4111 1111-1111')).toBe(placeholderOf('credit_card', '411111111111'))
    expect(placeholderOf('email', 'a.b@c.d')).not.toBe(placeholderOf('email', 'ab@c.d'))
  })
})
