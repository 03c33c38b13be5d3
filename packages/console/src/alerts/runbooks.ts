/** The pages of docs/runbooks, each a file that is loaded when it is opened. */
import { alerts, runbookOf } from '@inferometer/core/alerts'

const files = import.meta.glob<string>('../../../../docs/runbooks/*.md', { query: '?raw', import: 'default' })

/** Null: there is no such alert. */
export async function readRunbook(name: string): Promise<string | null> {
  const alert = alerts.find((one) => one.name === name)
  if (alert === undefined) return null
  return (await files[`../../../../${runbookOf(alert)}`]?.()) ?? null
}

/** `llm-retry-storm.md` → `LlmRetryStorm` */
export function alertOfFile(file: string): string | null {
  return alerts.find((alert) => runbookOf(alert).endsWith(`/${file}`))?.name ?? null
}
