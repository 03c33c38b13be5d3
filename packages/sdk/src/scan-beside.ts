import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { Finding } from '@inferometer/core/call'
import type { CallTexts } from './safety-policy.ts'

/** Looks texts through without holding up whoever asks. */
export interface ScanBeside {
  /** Every question is answered once: with what was found, or with null where the texts could not be looked through. */
  find(texts: CallTexts, answer: Answer): void
  /** Questions without an answer. */
  readonly waiting: number
  /** Questions that were answered with null. */
  readonly unscanned: number
  /** Resolves when what waits now is answered; after five seconds it is answered with null. Keeps the process alive until then. */
  drain(): Promise<void>
  /** What waits is answered with null, now. */
  release(): void
  /** Releases, and ends the thread. */
  close(): void
}

type Answer = (found: readonly Finding[] | null) => void

/** What the thread is sent, and what it sends back. */
export interface Question {
  readonly id: number
  readonly texts: CallTexts
}
export interface Reply {
  readonly id: number
  readonly found: readonly Finding[]
}

/** Texts that wait at most, in characters: the thread is slower than a burst of long prompts. */
const maxWaitingChars = 8 * 1024 * 1024
const drainMs = 5000

interface Waiting {
  readonly answer: Answer
  readonly chars: number
}

/**
 * In a thread of its own, which is started for the first question: the patterns take a while to compile, and the application's thread is not ours.
 * Where no thread can be had, that is said once and nothing is looked through.
 */
export function createScanBeside(
  report: (message: string) => void,
  startThread: () => Worker = startWorker,
): ScanBeside {
  const waiting = new Map<number, Waiting>()
  const drains = new Set<{ readonly lastId: number; readonly end: () => void }>()
  let thread: Worker | null = null
  let closed = false
  let lastId = 0
  let chars = 0
  let unscanned = 0

  const settle = (id: number, found: readonly Finding[] | null) => {
    const question = waiting.get(id)
    if (question === undefined) return
    waiting.delete(id)
    chars -= question.chars
    if (found === null) unscanned += 1
    question.answer(found)
    for (const drain of drains) if (drain.lastId <= id) drain.end()
  }
  const release = () => {
    for (const id of [...waiting.keys()]) settle(id, null)
  }
  const close = () => {
    if (closed) return
    closed = true
    void thread?.terminate()
    release()
  }
  const fail = (why: unknown) => {
    if (closed) return
    const reason = why instanceof Error ? why.message : String(why)
    report(
      `prompts are not looked through: ${reason}. Give { safety: createSafety() }, or { safety: false } to do without`,
    )
    close()
  }
  const open = () => {
    try {
      thread = startThread()
      thread.on('message', ({ id, found }: Reply) => settle(id, found))
      thread.on('error', fail)
      thread.on('exit', () => fail('the thread ended'))
      // Last: a listener for messages holds the process again.
      thread.unref()
    } catch (error) {
      fail(error)
    }
  }

  return {
    find(texts, answer) {
      const length = countChars(texts)
      if (length === 0) return answer([])
      if (thread === null && !closed) open()
      if (closed || thread === null || chars + length > maxWaitingChars) {
        unscanned += 1
        return answer(null)
      }
      lastId += 1
      chars += length
      waiting.set(lastId, { answer, chars: length })
      thread.postMessage({ id: lastId, texts } satisfies Question)
    },
    get waiting() {
      return waiting.size
    },
    get unscanned() {
      return unscanned
    },
    async drain() {
      if (waiting.size === 0) return
      thread?.ref()
      const late = setTimeout(release, drainMs)
      await new Promise<void>((resolve) => {
        const drain = { lastId, end: () => void (drains.delete(drain) && resolve()) }
        drains.add(drain)
      })
      clearTimeout(late)
      if (drains.size === 0) thread?.unref()
    },
    release,
    close,
  }
}

function countChars({ content, toolCalls }: CallTexts): number {
  const input = content?.input?.reduce((sum, { text }) => sum + text.length, 0) ?? 0
  const given = toolCalls.reduce((sum, toolCall) => sum + (toolCall.arguments?.length ?? 0), 0)
  return input + (content?.output?.length ?? 0) + given
}

/** Nothing of the application's flags and environment: they may load the application's own instruments into the thread. */
function startWorker(): Worker {
  const file = createRequire(import.meta.url).resolve('@inferometer/sdk/safety-worker') // this package's own entry
  return new Worker(file, {
    name: 'inferometer-safety',
    execArgv: [],
    env: {},
    resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 256 },
  })
}
