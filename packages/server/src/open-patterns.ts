import type { ServerConfig } from './config.ts'
import { createPatterns, type Patterns, type PatternsOptions } from './enrich/patterns.ts'
import { pseudonymsOf } from './enrich/pseudonyms.ts'

/** Throws where nothing would say what is masked: whoever asked for masked text would keep all of it. */
export async function openPatterns(found: PatternsOptions, config: ServerConfig, now: () => number): Promise<Patterns> {
  const { content, pseudonymKey, configDir } = config
  if (found.file === null && content === 'redacted')
    throw new Error(
      `Cannot start: content is redacted, but there is no patterns.yaml in ${configDir} that says what is masked. Set configDir, or content to off or full`,
    )
  return createPatterns({ ...found, now, ...pseudonymsOf(pseudonymKey ?? null) })
}
