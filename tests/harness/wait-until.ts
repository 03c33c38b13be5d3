import { setTimeout as sleep } from 'node:timers/promises'

/** Polls until the condition holds; throws what was waited for after `timeoutMs`. A condition that throws does not hold. */
export async function waitUntil(what: string, condition: () => Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  let last: unknown
  while (Date.now() < deadline) {
    try {
      if (await condition()) return
    } catch (error) {
      last = error
    }
    await sleep(50)
  }
  throw new Error(`Waited in vain until ${what}${last === undefined ? '' : ` (${String(last)})`}`)
}
