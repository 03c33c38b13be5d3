import { describe, expect, it } from 'vitest'
import { elideVectors } from './elide-vectors.ts'
import { decodeUtf8 } from './json.ts'
import { toBytes } from './read-answer.cases.ts'

const vector = Array.from({ length: 6000 }, (_, i) => (i % 2 === 0 ? -1 : 1) * i * 0.001)

function elide(value: unknown, indent = 0): unknown {
  return JSON.parse(decodeUtf8(elideVectors(toBytes(JSON.stringify(value, null, indent)))))
}

describe('elideVectors()', () => {
  it('empties lists of numbers and leaves everything else', () => {
    const body = {
      data: [
        { embedding: vector, index: 0 },
        { embedding: vector, index: 1 },
      ],
      usage: { prompt_tokens: 5 },
    }
    const expected = {
      data: [
        { embedding: [], index: 0 },
        { embedding: [], index: 1 },
      ],
      usage: { prompt_tokens: 5 },
    }
    expect(elide(body)).toEqual(expected)
    expect(elide(body, 2)).toEqual(expected)
  })

  it('empties vectors in base64', () => {
    const body = { data: [{ embedding: 'A'.repeat(40_000), index: 0 }], usage: { prompt_tokens: 5 } }
    expect(elide(body)).toEqual({ data: [{ embedding: '', index: 0 }], usage: { prompt_tokens: 5 } })
  })

  it('leaves a short body as it is', () => {
    const body = toBytes('{"embedding":[1,2]}')
    expect(elideVectors(body)).toBe(body)
  })
})
