import { toSpan } from '@inferometer/core/call-span'
import { describe, expect, it } from 'vitest'
import { fullCall, makeCall } from '../store/sample-calls.cases.ts'
import { chunkText, fitTexts } from './fit-texts.ts'
import { countTextChars, splitBatch } from './split-batch.ts'

describe('fitTexts()', () => {
  it('gives back the same call when all fits', () => {
    expect(fitTexts(fullCall, 2_048)).toEqual({ call: fullCall, spilled: null })
  })

  it('spills the side that is too large and keeps the other', () => {
    const content = { input: [{ role: 'user', text: 'x'.repeat(3_000) }], output: 'fine' }
    const { call, spilled } = fitTexts(makeCall(1, { content }), 2_048)
    expect(call.content).toEqual({ input: null, output: 'fine' })
    expect(spilled).toEqual({ input: content.input, output: null })
  })

  it.each(['x', 'Ж', '😀', '"', '\u0001', '\ud800'])(
    'keeps every text attribute within the bytes when texts are of %j',
    (char) => {
      for (const length of [1, 500, 900, 1_000, 1_900, 2_040, 5_000]) {
        const text = char.repeat(length)
        const whole = makeCall(1, {
          status: 'error',
          errorMessage: text,
          content: { input: [{ role: 'user', text }], output: text },
          toolCalls: [
            { id: 'a', name: 'search', arguments: text },
            { id: 'b', name: 'find', arguments: '{}' },
          ],
          findings: Array.from({ length }, (_, at) => ({
            kind: 'pii' as const,
            pattern: 'email',
            start: at,
            end: at + 1,
          })),
        })
        const { call, spilled } = fitTexts(whole, 2_048)
        const span = toSpan(call)
        for (const value of [...span.attributes.values(), span.statusMessage])
          if (typeof value === 'string') expect(Buffer.byteLength(value)).toBeLessThanOrEqual(2_048)
        expect(call.toolCalls.map(({ name }) => name)).toEqual(['search', 'find'])
        expect(spilled?.output ?? call.content?.output).toBe(text)
      }
    },
  )
})

it('chunkText() cuts no character, and the pieces make the text', () => {
  const text = 'a😀Ж\u2028'.repeat(1_000)
  const pieces = [...chunkText(text, 100)]
  expect(pieces.join('')).toBe(text)
  for (const piece of pieces) {
    expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(100)
    expect(piece.isWellFormed()).toBe(true)
  }
})

describe('splitBatch()', () => {
  const batch = Array.from({ length: 10 }, (_, seq) => ({ seq, call: makeCall(seq) }))

  it('cuts by count and keeps the order', () => {
    const parts = [...splitBatch(batch, { calls: 4, bytes: 1e9 }, countTextChars)]
    expect(parts.map((part) => part.length)).toEqual([4, 4, 2])
    expect(parts.flat()).toEqual(batch)
  })

  it('cuts by bytes; a call that is larger stands alone', () => {
    const large = { seq: 10, call: makeCall(10, { content: { input: null, output: 'x'.repeat(50_000) } }) }
    const parts = [...splitBatch([...batch, large, ...batch], { calls: 100, bytes: 20_000 }, countTextChars)]
    expect(parts.map((part) => part.length)).toEqual([10, 1, 10])
    expect([...splitBatch([], { calls: 1, bytes: 1 }, countTextChars)]).toEqual([])
  })
})
