import type { Content, Message } from '@inferometer/core/call'
import type { Config } from './config.ts'

/** The choke point that every prompt, answer, tool argument and error message passes before it is kept. */
export interface ContentKeeper {
  readonly keeps: boolean
  keepText(text: string | null): string | null
  keep(input: readonly Message[] | null, output: string | null): Content
}

export function createContentKeeper(config: Pick<Config, 'content' | 'redact'>): ContentKeeper {
  const change = chooseChange(config)
  const keepText = (text: string | null) => (text === null || change === null ? null : change(text))
  return {
    keeps: change !== null,
    keepText,
    keep(input, output) {
      const kept = input?.map(({ role, text }) => ({ role, text: keepText(text) ?? '' })) ?? null
      return { input: kept, output: keepText(output) }
    },
  }
}

/** Null: nothing is kept. */
function chooseChange({
  content,
  redact,
}: Pick<Config, 'content' | 'redact'>): ((text: string) => string | null) | null {
  if (content === 'full') return (text) => text
  if (content === 'off' || redact === null) return null
  return (text) => {
    try {
      const redacted: unknown = redact(text)
      return typeof redacted === 'string' ? redacted : null
    } catch {
      // A redactor that fails has not looked at all of it.
      return null
    }
  }
}
