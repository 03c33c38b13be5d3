import type { FastifyBaseLogger } from 'fastify'
import pino, { type LevelWithSilent } from 'pino'

/** JSON lines on standard output. Requests are not logged, and no log line holds a prompt, an answer or a key. */
export function createLogger(level: LevelWithSilent): FastifyBaseLogger {
  return pino({ name: 'inferometer', level, base: null, timestamp: pino.stdTimeFunctions.isoTime })
}
