import type { FileStatus } from './enrich/file-status.ts'

/** For answers about a configuration file in force. */
export function describeFile({ file, loadedAtMs, lastReload }: FileStatus) {
  return {
    file,
    loaded_at: new Date(loadedAtMs).toISOString(),
    last_reload: lastReload && {
      at: new Date(lastReload.atMs).toISOString(),
      result: lastReload.problems.length === 0 ? ('ok' as const) : ('refused' as const),
      problems: lastReload.problems.map(({ line, column, path, message }) => ({ line, column, path, message })),
    },
  }
}
