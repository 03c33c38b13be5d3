import { describe, expect, it } from 'vitest'
import type { PriceRow } from './price-table.ts'
import { pickRowInForce, toNanoUsd } from './price-table.ts'

function row(version: string, fields: Partial<PriceRow> = {}): PriceRow {
  const prices = { input: 1, output: 1, cacheRead: null, cacheWrite: null, cacheWrite1h: null }
  const plain = {
    model: 'm',
    provider: 'p',
    aliases: [],
    requestNanoUsd: 0,
    tiers: [],
    tierMode: 'whole_request',
  } as const
  return { ...plain, version, prices, effectiveFromUs: null, hours: null, ...fields }
}
const us = (iso: string) => Date.parse(iso) * 1_000

describe('pickRowInForce()', () => {
  const rows = [row('old'), row('new', { effectiveFromUs: us('2025-06-10') })]

  it('takes the price of the day the call started', () => {
    expect(pickRowInForce(rows, us('2025-06-10') - 1)?.version).toBe('old')
    expect(pickRowInForce(rows, us('2025-06-10'))?.version).toBe('new')
  })

  it('answers null when no row is in force yet', () => {
    expect(pickRowInForce(rows.slice(1), us('2025-01-01'))).toBeNull()
  })

  it('takes a row of hours only in its hours, end exclusive', () => {
    const day = [row('night'), row('day', { hours: { startSecond: 1_800, endSecond: 59_400 } })]
    const at = (time: string) => pickRowInForce(day, us(`2025-05-05T${time}Z`))?.version
    expect([at('00:29:59'), at('00:30:00'), at('16:29:59'), at('16:30:00')]).toEqual(['night', 'day', 'day', 'night'])
  })

  it('runs hours over midnight when they end before they start', () => {
    const night = [row('day'), row('night', { hours: { startSecond: 79_200, endSecond: 7_200 } })]
    const at = (time: string) => pickRowInForce(night, us(`2025-05-05T${time}Z`))?.version
    expect([at('21:59:59'), at('22:00:00'), at('01:59:59'), at('02:00:00')]).toEqual(['day', 'night', 'night', 'day'])
  })
})

describe('toNanoUsd()', () => {
  it('is exact for prices as vendors write them', () => {
    expect(toNanoUsd(0.003625)).toBe(3_625_000)
    expect(toNanoUsd(2.5)).toBe(2_500_000_000)
    expect(toNanoUsd(0.1 + 0.2)).toBe(300_000_000)
  })
})
