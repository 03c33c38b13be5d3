import { describe, expect, it } from 'vitest'
import { listModelNames, orderModels, splitVendor } from './model-names.ts'

describe('listModelNames()', () => {
  const ends: readonly (readonly [string, string])[] = [
    ['gpt-4o-2024-08-06', 'gpt-4o'],
    ['GPT-4o', 'gpt-4o'],
    ['claude-haiku-4-5-20251001', 'claude-haiku-4-5'],
    ['claude-3-7-sonnet-latest', 'claude-3-7-sonnet'],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['models/gemini-2.5-flash', 'gemini-2.5-flash'],
    ['gemini-1.5-flash-002', 'gemini-1.5-flash'],
    ['gemini-2.5-flash-preview-09-2025', 'gemini-2.5-flash'],
    ['projects/p/locations/l/publishers/google/models/gemini-2.5-pro', 'gemini-2.5-pro'],
    ['us.anthropic.claude-3-7-sonnet-20250219-v1:0', 'claude-3-7-sonnet'],
    ['arn:aws:bedrock:us-east-1:000000000000:inference-profile/eu.amazon.nova-lite-v1:0', 'nova-lite'],
    ['global.anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
    ['gpt-3.5-turbo-instruct:20230824-v2', 'gpt-3.5-turbo-instruct'],
    ['command-r-08-2024', 'command-r'],
    ['gpt-4-0613', 'gpt-4'],
    ['openai/gpt-4o:nitro', 'openai/gpt-4o'],
  ]
  it.each(ends)('takes %s apart down to %s', (model, last) => {
    expect(listModelNames(model).at(-1)).toBe(last)
  })

  it.each(['gpt-4o-mini', 'text-embedding-ada-002', 'babbage-002', 'deepseek-v3', 'llama3:8b', 'o3', 'x:free'])(
    'leaves %s whole',
    (model) => {
      expect(listModelNames(model)).toEqual([model])
    },
  )

  it('never takes the fine-tuning off a name', () => {
    expect(listModelNames('ft:gpt-4o-mini-2024-07-18:acme::abc')).toEqual([
      'ft:gpt-4o-mini-2024-07-18:acme::abc',
      'ft:gpt-4o-mini-2024-07-18',
      'ft:gpt-4o-mini',
    ])
    expect(listModelNames('gpt-4o-2024-08-06.ft-0e208cf3')).toEqual(['gpt-4o-2024-08-06.ft-0e208cf3'])
  })

  it('does not take apart a name of absurd length', () => {
    expect(listModelNames(`${'a-2024-01-01'.repeat(10_000)}`)).toHaveLength(1)
  })
})

describe('orderModels()', () => {
  it('puts the model that answered first', () => {
    expect(orderModels('gpt-4o-2024-08-06', 'gpt-4o')).toEqual(['gpt-4o-2024-08-06', 'gpt-4o'])
    expect(orderModels(null, 'gpt-4o')).toEqual(['gpt-4o'])
    expect(orderModels('', 'gpt-4o')).toEqual(['gpt-4o'])
    expect(orderModels(null, null)).toEqual([])
  })

  it('puts the model asked for first when it is the same with its address', () => {
    const asked = 'us.anthropic.claude-sonnet-4-20250514-v1:0'
    expect(orderModels('claude-sonnet-4-20250514', asked)[0]).toBe(asked)
    expect(orderModels('openai/gpt-4o', 'openrouter/auto')[0]).toBe('openai/gpt-4o')
  })
})

describe('splitVendor()', () => {
  it('cuts at the first slash', () => {
    expect(splitVendor('openai/gpt-4o')).toEqual({ vendor: 'openai', model: 'gpt-4o' })
    expect(splitVendor('gpt-4o')).toBeNull()
    expect(splitVendor('/opt/ml/model')).toBeNull()
  })
})
