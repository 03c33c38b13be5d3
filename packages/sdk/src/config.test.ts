import { describe, expect, it } from 'vitest'
import { type Environment, resolveConfig, type StartOptions } from './config.ts'

const resolve = (options: object = {}, env: Environment = {}) =>
  resolveConfig(options as StartOptions, env, 'by-default')

describe('resolveConfig()', () => {
  it('gives a complete config when nothing is set', () => {
    expect(resolve()).toMatchObject({
      endpoint: 'http://127.0.0.1:4318/v1/traces',
      serviceName: 'by-default',
      headers: {},
      content: 'off',
      includeStreamUsage: false,
      gzip: false,
      spoolDir: null,
      disabled: false,
    })
    expect(Object.values(resolve())).not.toContain(undefined)
  })

  it('takes options before the environment', () => {
    const env = {
      INFEROMETER_ENDPOINT: 'http://env:1',
      INFEROMETER_SERVICE_NAME: 'env',
      INFEROMETER_CONTENT: 'full',
      INFEROMETER_DISABLED: 'yes',
    }
    expect(resolve({}, env)).toMatchObject({
      endpoint: 'http://env:1/v1/traces',
      serviceName: 'env',
      content: 'full',
      disabled: true,
    })
    const options = { endpoint: 'http://option:1/custom', serviceName: 'option', content: 'off', disabled: false }
    expect(resolve(options, env)).toMatchObject({ ...options, gzip: true })
  })

  it('falls back to what OpenTelemetry is told, with its headers', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel/base/',
      OTEL_EXPORTER_OTLP_HEADERS: 'a=b%20c, D=e=f',
      OTEL_SERVICE_NAME: 'otel',
    }
    expect(resolve({}, env)).toMatchObject({
      endpoint: 'https://otel/base/v1/traces',
      headers: { a: 'b c', d: 'e=f' },
      serviceName: 'otel',
    })
    expect(resolve({}, { ...env, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://otel/t' }).endpoint).toBe(
      'https://otel/t',
    )
    expect(resolve({ endpoint: 'http://own:1' }, env).headers).toEqual({})
  })

  it('sends the key as a bearer token', () => {
    expect(resolve({ headers: { 'X-Team': 'a' } }, { INFEROMETER_API_KEY: 'k'.repeat(4) }).headers).toEqual({
      authorization: 'Bearer kkkk',
      'x-team': 'a',
    })
  })

  it('takes empty variables for unset ones', () => {
    expect(
      resolve(
        {},
        { INFEROMETER_ENDPOINT: '', INFEROMETER_CONTENT: '', INFEROMETER_SPOOL_DIR: '', INFEROMETER_DISABLED: '' },
      ),
    ).toEqual(resolve())
  })

  it('turns the spool off', () => {
    expect([resolve({ spoolDir: false }).spoolDir, resolve({}, { INFEROMETER_SPOOL_DIR: 'off' }).spoolDir]).toEqual([
      false,
      false,
    ])
  })

  const wrong: [object, Environment, RegExp][] = [
    [{ endpont: 'x' }, {}, /there is no option 'endpont'; options are endpoint,/],
    [{ endpoint: 'not an address' }, {}, /endpoint is 'not an address', which is no http or https address/],
    [{ endpoint: 'ftp://x' }, {}, /no http or https address/],
    [{}, { INFEROMETER_ENDPOINT: 'localhost:4318' }, /no http or https address/],
    [{ content: 'some' }, {}, /content\) is 'some', not off, redacted or full/],
    [{}, { INFEROMETER_DISABLED: 'maybe' }, /INFEROMETER_DISABLED.* is 'maybe', not true or false/],
    [{ queueCalls: 0 }, {}, /queueCalls must be a number above 0/],
    [{ flushIntervalMs: Number.NaN }, {}, /flushIntervalMs must be a number above 0/],
    [{ serviceName: 7 }, {}, /serviceName must be a text/],
    [{ headers: { a: 1 } }, {}, /header 'a' must be one line of text/],
    [{ headers: { a: 'x\r\ny' } }, {}, /header 'a' must be one line of text/],
    [{ redact: 'x' }, {}, /redact must be a function/],
  ]
  for (const [options, env, message] of wrong)
    it(`refuses ${JSON.stringify({ ...options, ...env })} and says why`, () => {
      expect(() => resolve(options, env)).toThrow(message)
      expect(() => resolve(options, env)).toThrow(/^Cannot start Inferometer: /)
    })
})
