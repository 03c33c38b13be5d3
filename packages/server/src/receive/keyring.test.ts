import { describe, expect, test } from 'vitest'
import {
  type ApiKey,
  createKeyring,
  digestKey,
  everybody,
  type KeyringOptions,
  rights,
  type Visitor,
} from './keyring.ts'

const secret = 'a-key-for-tests-only'
const key: ApiKey = {
  name: 'bot',
  sha256: digestKey(secret),
  may: rights,
  services: null,
  callsPerSecond: null,
  expiresMs: null,
}
const open = (options: Partial<KeyringOptions> = {}) =>
  createKeyring({ isOpen: false, keys: () => [key], now: () => 0, ...options })
const bearer = (given: string) => ({ authorization: `Bearer ${given}` })
const from = (headers: Visitor['headers'], address = '10.0.0.1') => ({ headers, address, method: 'POST' })

describe('createKeyring()', () => {
  test.each([
    ['a bearer token', bearer(secret)],
    ['a header', { 'x-api-key': secret }],
    ['a password', { authorization: `Basic ${Buffer.from(`anybody:${secret}`).toString('base64')}` }],
  ])('enter() takes the key as %s', (_how, headers) => {
    expect(open().enter(from(headers), 'read')).toMatchObject({ ok: true, caller: { name: 'bot' } })
  })

  test.each([
    ['none', {}],
    ['another', bearer(`${secret}x`)],
    ['its digest', bearer(digestKey(secret))],
    ['no scheme', { authorization: secret }],
    ['a password without a user', { authorization: `Basic ${Buffer.from(secret).toString('base64')}` }],
    ['two of a header', { 'x-api-key': [secret, secret] }],
  ])('enter() refuses %s', (_what, headers) => {
    expect(open().enter(from(headers), 'read')).toEqual({ ok: false, code: 'unauthorized' })
  })

  test('enter() refuses what the key may not do', () => {
    const keyring = open({ keys: () => [{ ...key, may: ['write'] }] })
    expect(keyring.enter(from(bearer(secret)), 'write').ok).toBe(true)
    expect(keyring.enter(from(bearer(secret)), 'read')).toEqual({ ok: false, code: 'forbidden' })
  })

  test('enter() lets everybody in where no key was ever given, and nobody where none is left', () => {
    expect(open({ isOpen: true, keys: () => [] }).enter(from({}), 'admin')).toEqual({ ok: true, caller: everybody })
    expect(open({ keys: () => [] }).enter(from({}), 'read').ok).toBe(false)
  })

  test('enter() goes by the keys of now', () => {
    let keys: readonly ApiKey[] = [key]
    const keyring = open({ keys: () => keys })
    keys = [{ ...key, sha256: digestKey('another-key-for-tests') }]
    expect(keyring.enter(from(bearer(secret)), 'read').ok).toBe(false)
    expect(keyring.enter(from(bearer('another-key-for-tests')), 'read').ok).toBe(true)
  })

  test('enter() refuses a key from the moment it expires', () => {
    let nowMs = 999
    const keyring = open({ keys: () => [{ ...key, expiresMs: 1_000 }], now: () => nowMs })
    expect(keyring.enter(from(bearer(secret)), 'read').ok).toBe(true)
    nowMs = 1_000
    expect(keyring.enter(from(bearer(secret)), 'read')).toEqual({ ok: false, code: 'unauthorized' })
  })
})

describe('Caller', () => {
  const callerOf = (fields: Partial<ApiKey>, now = () => 0) => {
    const entry = open({ keys: () => [{ ...key, ...fields }], now }).enter(from(bearer(secret)), 'write')
    if (!entry.ok) throw new Error('BUG: the key was refused')
    return entry.caller
  }

  test('mayRecord() knows the services of the key', () => {
    expect(callerOf({}).mayRecord('anything')).toBe(true)
    expect(callerOf({ services: ['bot'] }).mayRecord('bot')).toBe(true)
    expect(callerOf({ services: ['bot'] }).mayRecord('bots')).toBe(false)
  })

  test('takeCalls() lets a batch in whole and has the next wait until it is paid back', () => {
    let nowMs = 0
    const caller = callerOf({ callsPerSecond: 100 }, () => nowMs)
    expect(caller.takeCalls(350)).toBeNull()
    expect(caller.takeCalls(1)).toBe(3)
    nowMs = 2_400
    expect(caller.takeCalls(1)).toBe(1)
    nowMs = 2_600
    expect(caller.takeCalls(1)).toBeNull()
  })

  test('takeCalls() saves up no more than a second', () => {
    let nowMs = 0
    const caller = callerOf({ callsPerSecond: 10 }, () => nowMs)
    nowMs = 3_600_000
    expect(caller.takeCalls(10)).toBeNull()
    expect(caller.takeCalls(1)).not.toBeNull()
  })

  test('takeCalls() takes a clock that goes back for one that stands still', () => {
    let nowMs = 10_000
    const caller = callerOf({ callsPerSecond: 10 }, () => nowMs)
    caller.takeCalls(10)
    nowMs = 0
    expect(caller.takeCalls(1)).toBe(1)
  })
})
