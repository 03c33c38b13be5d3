import { expect, it } from 'vitest'
import { formatTotals, readTotals, subtractTotals } from './totals.ts'

const exposition = `# HELP llm_spans_total LLM calls
# TYPE llm_spans_total counter
llm_spans_total{model="a",provider="p",service_name="support-bot",status="success",has_retries="true"} 3
llm_spans_total{model="a",provider="p",service_name="support-bot",status="error",has_retries="false"} 2
llm_spans_total{model="a",provider="p",service_name="elsewhere",status="error",has_retries="false"} 70
llm_tokens_total{model="a",provider="p",service_name="support-bot",token_type="prompt"} 1200
llm_tokens_total{model="a",provider="p",service_name="support-bot",token_type="completion"} 34
llm_cost_usd_micro_total{model="a",provider="p",service_name="support-bot"} 1175.25
inferometer_series 12
`

it('readTotals() adds up the series of the named services only', () => {
  const totals = readTotals(exposition, new Set(['support-bot']))
  expect(totals).toEqual({ calls: 5, errors: 2, retried: 3, tokens: 1_234, costUsdMicro: 1_175.25 })
})

it('formatTotals() shows time, counts and dollars on one line', () => {
  const before = readTotals('', new Set())
  const line = formatTotals(75_400, subtractTotals(readTotals(exposition, new Set(['support-bot'])), before))
  expect(line).toBe('01:15  5 calls  1,234 tokens  $0.0012  2 errors  3 retried')
})
