import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TextCache } from './text-cache.ts'

it('decode() gives what a TextDecoder gives when the same cache sees any strings again and again', () => {
  const cache = new TextCache()
  const encoder = new TextEncoder()
  const texts = fc.array(fc.oneof(fc.string({ maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 60 })))
  fc.assert(
    fc.property(texts, (list) => {
      for (const text of [...list, ...list]) {
        const bytes = encoder.encode(`<${text}>`)
        expect(cache.decode(bytes, 1, bytes.length - 1)).toBe(text)
      }
    }),
  )
})

it('decode() tells strings apart when they share a slot', () => {
  const cache = new TextCache()
  const encoder = new TextEncoder()
  const texts = Array.from({ length: 20_000 }, (_, i) => `gen_ai.prompt.${i}.content`)
  for (const text of texts) {
    const bytes = encoder.encode(text)
    expect(cache.decode(bytes, 0, bytes.length)).toBe(text)
  }
})
