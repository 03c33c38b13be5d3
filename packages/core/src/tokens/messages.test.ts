import { describe, expect, it } from 'vitest'
import { countMessages } from './messages.ts'

describe('countMessages()', () => {
  it('adds the marks of each message and of the answer', () => {
    const messages = [
      { role: 'system', text: 'ab' },
      { role: 'user', text: 'abc' },
    ]
    expect(countMessages(messages, (text) => text.length)).toBe(3 + (3 + 6 + 2) + (3 + 4 + 3))
  })

  it('counts nothing for no messages', () => {
    expect(countMessages([], () => 1)).toBe(0)
  })
})
