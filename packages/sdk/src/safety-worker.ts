/** The thread that looks prompts through beside the application: one reply for each question, in order. */
import { parentPort } from 'node:worker_threads'
import { createSafety } from './create-safety.ts'
import type { Question, Reply } from './scan-beside.ts'

const safety = createSafety()

parentPort?.on('message', ({ id, texts }: Question) =>
  parentPort?.postMessage({ id, found: safety.find(texts) } satisfies Reply),
)
