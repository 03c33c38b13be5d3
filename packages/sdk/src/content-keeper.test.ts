import { expect, it } from 'vitest'
import { createContentKeeper } from './content-keeper.ts'

const redact = (text: string) => text.replaceAll('secret', '***')
const input = [{ role: 'user', text: 'a secret' }]

it('createContentKeeper() keeps nothing when content is off', () => {
  const keeper = createContentKeeper({ content: 'off', redact, safety: null })
  expect([keeper.keeps, keeper.keepText('x'), keeper.keep(input, 'x')]).toEqual([
    false,
    null,
    { input: [{ role: 'user', text: '' }], output: null },
  ])
})

it('createContentKeeper() keeps all as it is when content is full', () => {
  const keeper = createContentKeeper({ content: 'full', redact, safety: null })
  expect([keeper.keeps, keeper.keep(input, 'secret')]).toEqual([true, { input, output: 'secret' }])
})

it('createContentKeeper() redacts every text', () => {
  const keeper = createContentKeeper({ content: 'redacted', redact, safety: null })
  expect(keeper.keep(input, 'my secret')).toEqual({ input: [{ role: 'user', text: 'a ***' }], output: 'my ***' })
  expect([keeper.keepText('secret'), keeper.keepText(null)]).toEqual(['***', null])
})

it('createContentKeeper() keeps nothing rather than all when there is no redactor, or it fails', () => {
  expect(createContentKeeper({ content: 'redacted', redact: null, safety: null }).keeps).toBe(false)
  const failing = createContentKeeper({
    content: 'redacted',
    safety: null,
    redact: () => {
      throw new Error('no')
    },
  })
  expect(failing.keepText('secret')).toBeNull()
  const odd = createContentKeeper({
    content: 'redacted',
    safety: null,
    redact: (() => undefined) as unknown as (text: string) => string,
  })
  expect(odd.keepText('secret')).toBeNull()
})
