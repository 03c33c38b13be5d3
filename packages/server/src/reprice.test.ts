import { describe, expect, it } from 'vitest'
import { goodRecord, openTestApp, postJson } from './test-app.cases.ts'

const started = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000).toISOString()

/** gpt-4o-mini at ten dollars a million tokens in and out. */
const dear = `
- model: gpt-4o-mini
  provider: openai
  input_price_per_1m: 10
  output_price_per_1m: 10
  version: dear
`

describe('POST /v1/reprice', () => {
  it('tells by other prices what was charged and what would have been, and changes nothing', async () => {
    const app = await openTestApp()
    const record = { ...goodRecord, started_at: started(5) }
    const { body: first } = await postJson(app.api, '/v1/metrics/record', record)
    await postJson(app.api, '/v1/metrics/record', { ...record, service_name: 'other', cost_usd_micro: 42 })
    await postJson(app.api, '/v1/metrics/record', { ...record, started_at: started(120) })
    await postJson(app.api, '/v1/metrics/record', { ...record, model: 'nobody-sells-this', provider: 'nobody' })
    const { status, body } = await postJson(app.api, '/v1/reprice', { since: '1h', prices: dear })
    expect(status).toBe(200)
    expect(body.models).toHaveLength(3)
    expect(body.models[0]).toMatchObject({
      service_name: 'checkout',
      model: 'gpt-4o-mini',
      calls: 1,
      charged_usd_micro: first.cost_usd_micro,
      repriced_usd_micro: 15_000,
      given_calls: 0,
    })
    expect(body.models).toContainEqual(
      expect.objectContaining({ service_name: 'other', charged_usd_micro: 42, repriced_usd_micro: 42, given_calls: 1 }),
    )
    expect(body.total).toEqual({
      calls: 3,
      charged_usd_micro: first.cost_usd_micro + 42,
      repriced_usd_micro: 15_042,
    })
    const again = await postJson(app.api, '/v1/reprice', { since: '1h' })
    expect(again.body.total.repriced_usd_micro).toBe(again.body.total.charged_usd_micro)
  })

  it('counts calls that a table would price at last', async () => {
    const app = await openTestApp()
    await postJson(app.api, '/v1/metrics/record', { ...goodRecord, model: 'house-model', provider: 'house' })
    const prices = dear.replace('gpt-4o-mini', 'house-model').replace('openai', 'house')
    const { body } = await postJson(app.api, '/v1/reprice', { since: '1h', prices })
    expect(body.models).toMatchObject([{ newly_priced_calls: 1, charged_usd_micro: 0, repriced_usd_micro: 15_000 }])
  })

  it.each([
    [{ since: 'yesterday' }, 'since'],
    [{ since: '1h', until: 'then' }, 'until'],
    [{ since: '1h', prices: '- model: x' }, 'prices'],
    [{}, 'since'],
  ])('refuses %j by its path', async (body, path) => {
    const app = await openTestApp()
    const answer = await postJson(app.api, '/v1/reprice', body)
    expect([answer.status, answer.body.error.problems[0].path]).toEqual([400, path])
  })
})
