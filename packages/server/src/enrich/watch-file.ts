/**
 * Tells when a file's text has changed. Polls, because a watch on the file misses what deployments do: Kubernetes
 * swaps a symlink two folders up, editors replace the file by renaming another over it.
 */
import { readFile, stat } from 'node:fs/promises'

export interface WatchOptions {
  readonly path: string
  /** The text that the caller knows already. */
  readonly text: string
  readonly onText: (text: string) => void
  /** The file cannot be read any more; told once per reason. */
  readonly onError: (message: string) => void
}

/** Two polls see a change as settled, so it is live within half a second. */
export const pollMs = 200

export interface FileWatch {
  close(): void
}

export function watchFile(options: WatchOptions): FileWatch {
  const poll = createPoll(options)
  let timer: NodeJS.Timeout | undefined
  let closed = false
  const schedule = () => {
    if (closed) return
    timer = setTimeout(() => void poll().finally(schedule), pollMs)
    timer.unref()
  }
  schedule()
  return {
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}

/** One look at the file. Reads it once its stamp has changed and then stayed the same from one look to the next. */
export function createPoll({ path, text, onText, onError }: WatchOptions): () => Promise<void> {
  let knownText = text
  let readStamp = ''
  let lastStamp = ''
  let lastError = ''
  return async () => {
    try {
      const stamp = await readStampOf(path)
      const isSettled = stamp === lastStamp
      lastStamp = stamp
      if (!isSettled || stamp === readStamp) return
      const found = await readFile(path, 'utf8')
      readStamp = stamp
      lastError = ''
      if (found === knownText) return
      knownText = found
      onText(found)
    } catch (error) {
      lastStamp = ''
      readStamp = ''
      const message = error instanceof Error ? error.message : String(error)
      if (message !== lastError) onError(message)
      lastError = message
    }
  }
}

/** Follows symlinks, so a swapped target shows as another inode. */
async function readStampOf(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  return [dev, ino, size, mtimeNs, ctimeNs].join(':')
}
