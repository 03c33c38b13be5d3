/** Entry of `inferometer`: runs one command and turns how it ended into an exit code. */
import { CommanderError } from 'commander'
import { createProgram } from './program.ts'
import { UsageError } from './usage-error.ts'

const failed = 1
const usedWrong = 2

/** Takes the arguments after the program's name; gives the exit code: 0 well, 1 not, 2 used wrongly. */
export async function main(args: readonly string[]): Promise<number> {
  const outcome = { exitCode: 0 }
  try {
    await createProgram(outcome).parseAsync([...args], { from: 'user' })
    return outcome.exitCode
  } catch (error) {
    return explain(error)
  }
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usedWrong
  if (error instanceof UsageError) {
    console.error(`${error.message}. See: inferometer --help`)
    return usedWrong
  }
  const message = error instanceof Error ? error.message : String(error)
  // `Cannot …` is how mistakes of the user's are told. Anything else is ours and needs its stack.
  console.error(message.startsWith('Cannot ') || !(error instanceof Error) ? message : error.stack)
  return failed
}
