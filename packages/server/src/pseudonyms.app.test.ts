import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openTestApp, postJson } from './test-app.cases.ts'

const configDir = fileURLToPath(new URL('../../../config', import.meta.url))
const address = ['jane.roe', 'customer.example'].join('@')

async function scan(settings: { readonly pseudonymKey?: string }, prompt: string): Promise<string> {
  const app = await openTestApp({ configDir, ...settings })
  return (await postJson(app.api, '/v1/pii-injection/scan', { prompt })).body.redacted
}

test('masked data is the same for the same value and key, in every process', async () => {
  const pseudonymKey = 'sixteen letters, at least'
  const one = await scan({ pseudonymKey }, `from ${address}`)
  expect(one).toMatch(/^from \[EMAIL:[0-9a-f]{12}\]$/)
  expect(await scan({ pseudonymKey }, `from ${address.toUpperCase()}`)).toBe(one)
  expect(await scan({ pseudonymKey: 'another key, as long' }, `from ${address}`)).not.toBe(one)
  expect(await scan({}, `from ${address}`)).toBe('from [EMAIL]')
})

test('createApp() refuses to keep masked text where nothing says what to mask, and a key that is too short, without showing it', async () => {
  await expect(openTestApp({ content: 'redacted' })).rejects.toThrow('there is no patterns.yaml in nowhere')
  const error = await openTestApp({ pseudonymKey: 'short' }).catch(String)
  expect(error).toContain('pseudonymKey')
  expect(error).not.toContain('short')
})
