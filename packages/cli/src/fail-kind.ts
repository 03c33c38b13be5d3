import { UsageError } from './usage-error.ts'

const failKinds = ['pii', 'injection', 'any'] as const
export type FailKind = (typeof failKinds)[number]

export function parseFailKind(text: string): FailKind {
  const kind = failKinds.find((each) => each === text)
  if (!kind) throw new UsageError(`--fail-on must be ${failKinds.join(', ')}, not '${text}'`)
  return kind
}
