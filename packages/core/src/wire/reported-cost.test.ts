import { expect, it } from 'vitest'
import { readUsageCost } from './reported-cost.ts'

it('readUsageCost() reads dollars, a sum of dollars and ticks, and nothing else', () => {
  expect(readUsageCost({ prompt_tokens: 194, cost: 0.95 })).toBe(950_000_000)
  expect(readUsageCost({ cost: { input_tokens_cost: 0.001, total_cost: 0.006 } })).toBe(6_000_000)
  expect(readUsageCost({ cost_in_usd_ticks: 37_756_000 })).toBe(3_775_600)
  expect(readUsageCost({ cost: 0 })).toBe(0)
  for (const cost of [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e9, '0.95', null, {}, true])
    expect(readUsageCost({ cost })).toBeNull()
  expect(readUsageCost({})).toBeNull()
})
