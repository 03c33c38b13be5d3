import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TextCache } from './text-cache.ts'

/** The cache over a message that holds the texts one after the other. */
function createCase(texts: readonly string[]) {
  const parts = texts.map((text) => new TextEncoder().encode(text))
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let end = 0
  const places = parts.map((part) => {
    const start = end
    bytes.set(part, start)
    end += part.length
    return { start, end }
  })
  return { cache: new TextCache(bytes), places }
}

function expectAll(texts: readonly string[]): void {
  const { cache, places } = createCase(texts)
  expect(places.map(({ start, end }) => cache.decode(start, end))).toEqual(texts)
}

it('decode() gives what a TextDecoder gives when the same cache sees any strings again and again', () => {
  const texts = fc.array(
    fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 9 }),
    ),
  )
  fc.assert(fc.property(texts, (list) => expectAll([...list, ...list])))
})

it('decode() tells strings apart when they share a slot', () => {
  expectAll(Array.from({ length: 20_000 }, (_, i) => `gen_ai.prompt.${i}.content`))
})

it('decode() tells strings apart when they differ in one character', () => {
  const base = 'gen_ai.usage.cache_read.input_tokens'
  for (let length = 1; length <= base.length; length++)
    expectAll(
      Array.from({ length }, (_, i) => `${base.slice(0, i)}~${base.slice(i + 1, length)}`).flatMap((t) => [t, t]),
    )
})
