import { describe, expect, it } from 'vitest'
import { judgeInjection } from './judge-injection.ts'

const at = (pattern: string, weight: number, start: number) => ({ pattern, weight, start, end: start + 5 })
const judge = (...evidence: ReturnType<typeof at>[]) => judgeInjection(evidence, { threshold: 1, reach: 100 })

describe('judgeInjection()', () => {
  it('adds up different patterns near each other', () => {
    expect(judge(at('a', 0.5, 0), at('b', 0.5, 50))).toMatchObject({ isInjection: true, score: 1 })
    expect(judge(at('a', 0.5, 0), at('b', 0.5, 101))).toMatchObject({ isInjection: false, score: 0.5, accepted: [] })
    expect(judge(at('a', 0.5, 0), at('a', 0.5, 10)).isInjection).toBe(false)
  })

  it('takes away what speaks against, and does not list it', () => {
    expect(judge(at('talk', -0.3, 0), at('a', 1, 10)).isInjection).toBe(false)
    const { isInjection, accepted } = judge(at('talk', -0.3, 0), at('a', 1, 10), at('b', 0.5, 20))
    expect([isInjection, accepted.map(({ pattern }) => pattern)]).toEqual([true, ['a', 'b']])
  })

  it('lets what speaks clearly against come afterwards too', () => {
    expect(judge(at('a', 1, 0), at('asked', -0.6, 20)).isInjection).toBe(false)
    expect(judge(at('a', 1, 0), at('talk', -0.3, 20)).isInjection).toBe(true)
    expect(judge(at('a', 1, 0), at('asked', -0.6, 300)).isInjection).toBe(true)
  })

  it('knows tenths', () => {
    expect(judge(at('a', 0.7, 0), at('b', 0.1, 1), at('c', 0.2, 2)).isInjection).toBe(true)
  })
})
