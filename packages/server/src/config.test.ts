import { describe, expect, test } from 'vitest'
import { checkReach, parseConfig } from './config.ts'

describe('parseConfig', () => {
  test('parseConfig() completes settings with the ports and the host of the contract', () => {
    expect(parseConfig(undefined)).toMatchObject({
      host: '127.0.0.1',
      apiPort: 8002,
      metricsPort: 9464,
      otlpHttpPort: 4318,
      otlpGrpcPort: 4317,
      consolePort: 3002,
      content: 'off',
      apiKeys: [],
    })
  })

  test('parseConfig() keeps what is given and completes limits field by field', () => {
    const { apiPort, limits } = parseConfig({ apiPort: 9000, metricsPort: undefined, limits: { models: 7 } })
    expect(apiPort).toBe(9000)
    expect(limits).toMatchObject({ models: 7, services: 100 })
  })

  test('parseConfig() names every problem by field when several are wrong', () => {
    const parse = () =>
      parseConfig({ apiPort: 'x', metricPort: 1, logLevel: 'loud', limits: { bodyBytes: -1 }, apiKeys: ['short'] })
    expect(parse).toThrow(/^Cannot start: /)
    expect(parse).toThrow('apiPort must be an integer from 0 to 65535, got "x"')
    expect(parse).toThrow("metricPort is not a known field (did you mean 'metricsPort'?)")
    expect(parse).toThrow('logLevel must be one of silent, fatal, error, warn, info, debug, trace, got "loud"')
    expect(parse).toThrow('limits.bodyBytes must be an integer from 1024')
    expect(parse).toThrow('apiKeys[0] must be a string of 16 to 512 characters')
    expect(parse).not.toThrow('short')
  })

  test.each([[null], ['text'], [[]], [{ limits: 3 }], [{ limits: null }], [{ apiKeys: 'k'.repeat(20) }]])(
    'parseConfig() refuses %j when it has the wrong shape',
    (input) => {
      expect(() => parseConfig(input)).toThrow(/^Cannot start: /)
    },
  )

  test.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])('checkReach() takes %s without a key', (host) => {
    expect(() => checkReach(host, false)).not.toThrow()
  })

  test.each(['0.0.0.0', '::', '192.168.1.5', 'example.org', '::ffff:10.0.0.1'])(
    'checkReach() refuses %s when there is no API key, and takes it with one',
    (host) => {
      expect(() => checkReach(host, false)).toThrow(`Cannot start: host ${host} can be reached from other machines`)
      expect(() => checkReach(host, true)).not.toThrow()
    },
  )
})
