import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { countTokens, findEncoding } from './count-tokens.ts'

const words = 'The quick brown fox jumps over the lazy dog, again and again; nobody knows why. '

describe('countTokens()', () => {
  it('counts a text exactly by the encoding of its model', async () => {
    expect(await countTokens('Hello, world!', 'gpt-4o')).toEqual({ tokens: 4, method: 'o200k_base' })
    expect(await countTokens('Hello, world!', 'gpt-4')).toEqual({ tokens: 4, method: 'cl100k_base' })
    expect(await countTokens('', 'gpt-4o')).toEqual({ tokens: 0, method: 'o200k_base' })
  })

  it('is exact over the cuts of a long text', async () => {
    const text = Array.from({ length: 500 }, (_, at) => `${words}Line ${at}:\n  const x${at} = ${at * 37}\n`).join('')
    expect(await countTokens(text, 'gpt-5')).toEqual({ tokens: countO200k(text), method: 'o200k_base' })
    expect(await countTokens(text, 'gpt-3.5-turbo-0125')).toEqual({ tokens: countCl100k(text), method: 'cl100k_base' })
  })

  it('adds what the chat format adds', async () => {
    const messages = [
      { role: 'system', text: 'Be brief.' },
      { role: 'user', text: 'Hello, world!' },
    ]
    // 3 to open the answer; 3 + role + text for each message.
    expect(await countTokens(messages, 'gpt-4o')).toEqual({
      tokens: 3 + (3 + 1 + 3) + (3 + 1 + 4),
      method: 'o200k_base',
    })
  })

  it('counts special tokens in a prompt as the text they are', async () => {
    expect((await countTokens('<|endoftext|>', 'gpt-4o')).tokens).toBeGreaterThan(1)
  })

  it('estimates where no encoding is known, and says so', async () => {
    const { tokens, method } = await countTokens(words.repeat(10), 'claude-sonnet-4-5')
    expect(method).toBe('estimate')
    expect(Math.abs(tokens / countO200k(words.repeat(10)) - 1)).toBeLessThan(0.1)
  })

  it.each([
    ['one letter', 'a'.repeat(1_000_000)],
    [
      'letters',
      Array.from({ length: 300_000 }, (_, at) => String.fromCharCode(97 + ((at * at * 7 + at * 13) % 26))).join(''),
    ],
    ['spaces', ' '.repeat(1_000_000)],
    ['emoji', '👋'.repeat(200_000)],
  ])('leaves the event loop free while it counts a million of %s', async (_, text) => {
    await countTokens('load', 'gpt-4o')
    // Processor time between two turns of the loop: other programs of the machine do not count.
    let longestMs = 0
    let last = process.cpuUsage()
    const timer = setInterval(() => {
      const { user, system } = process.cpuUsage(last)
      longestMs = Math.max(longestMs, (user + system) / 1_000)
      last = process.cpuUsage()
    }, 1)
    const { tokens } = await countTokens(text, 'gpt-4o')
    clearInterval(timer)
    expect(tokens).toBeGreaterThan(1_000)
    expect(longestMs).toBeLessThan(2_000)
  })

  it('estimates a prompt too long to count', async () => {
    expect((await countTokens('a b '.repeat(600_000), 'gpt-4o')).method).toBe('estimate')
  })
})

describe('findEncoding()', () => {
  it.each([
    ['gpt-4o-2024-08-06', 'o200k_base'],
    ['openai/gpt-4.1-mini', 'o200k_base'],
    ['gpt-5.6-sol', 'o200k_base'],
    ['o3', 'o200k_base'],
    ['o1-mini', 'o200k_base'],
    ['ft:gpt-4o-mini-2024-07-18:acme::1', 'o200k_base'],
    ['openai.gpt-oss-20b', 'o200k_base'],
    ['gpt-4-0613', 'cl100k_base'],
    ['gpt-35-turbo', 'cl100k_base'],
    ['text-embedding-3-small', 'cl100k_base'],
    ['text-davinci-003', 'p50k_base'],
    ['davinci', 'r50k_base'],
    ['claude-sonnet-4-5', null],
    ['gemini-2.5-pro', null],
    ['o', null],
  ])('knows the encoding of %s', (model, encoding) => {
    expect(findEncoding(model)).toBe(encoding)
  })
})
