import { describe, expect, test } from 'vitest'
import { createWrongKeys } from './wrong-keys.ts'

function spend(keys: ReturnType<typeof createWrongKeys>, address: string): void {
  for (let count = 0; count < 20; count++) keys.wrong(address)
}

describe('createWrongKeys()', () => {
  test('waitSeconds() has one address wait and no other, until its time is over', () => {
    let nowMs = 0
    const keys = createWrongKeys(() => nowMs)
    spend(keys, '10.0.0.1')
    expect([keys.waitSeconds('10.0.0.1', 'a'), keys.waitSeconds('10.0.0.2', 'a')]).toEqual([3, null])
    nowMs = 2_999
    expect(keys.waitSeconds('10.0.0.1', 'a')).toBe(1)
    nowMs = 3_000
    expect(keys.waitSeconds('10.0.0.1', 'a')).toBeNull()
  })

  test('waitSeconds() never has a key wait that was right from there', () => {
    const keys = createWrongKeys(() => 0)
    keys.right('10.0.0.1', 'a')
    spend(keys, '10.0.0.1')
    expect([keys.waitSeconds('10.0.0.1', 'a'), keys.waitSeconds('10.0.0.1', 'b')]).toEqual([null, 3])
  })

  test('waitSeconds() takes a network of IPv6 for one address, however it is written', () => {
    const keys = createWrongKeys(() => 0)
    spend(keys, '2001:db8:0:7::1')
    expect(keys.waitSeconds('2001:db8:0:7:1:2:3:4', 'a')).toBe(3)
    expect(keys.waitSeconds('2001:db8:0:8::1', 'a')).toBeNull()
    spend(keys, '::1')
    expect(keys.waitSeconds('0:0:0:0::1', 'a')).toBe(3)
    spend(keys, '::ffff:10.0.0.1')
    expect(keys.waitSeconds('::ffff:10.0.0.2', 'a')).toBeNull()
  })

  test('waitSeconds() remembers ten thousand addresses at most', () => {
    const keys = createWrongKeys(() => 0)
    spend(keys, 'first')
    for (let count = 0; count < 10_000; count++) keys.right(`address-${count}`, 'a')
    expect(keys.waitSeconds('first', 'a')).toBeNull()
  })
})
