import { expect, test } from 'vitest'
import { readTyped } from './calls-query.ts'

test('readTyped() tells filters from what is looked for', () => {
  expect(readTyped('status:error latency>2.5s user:"Ada L." refund 12:30')).toEqual({
    text: 'refund 12:30',
    filters: { status: 'error', latency_ms_total_min: '2500', user_id: 'Ada L.' },
  })
  expect(readTyped('cost>$0.0123 cached_tokens<10 stalls>0 tool:find_order agent:planner tag:""').filters).toEqual({
    cost_usd_micro_min: '12300',
    cached_tokens_max: '9',
    stall_count_min: '1',
    tool: 'find_order',
    agent: 'planner',
    tag: '',
  })
  expect(readTyped('latency>soon nothing:here http://x')).toEqual({
    text: 'latency>soon nothing:here http://x',
    filters: {},
  })
})
