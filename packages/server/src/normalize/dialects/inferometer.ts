import { sdkScope } from '@inferometer/core/attributes'
import { fromSpan } from '@inferometer/core/call-span'
import type { Dialect } from '../span-reading.ts'

/** Spans of our own SDK: each is a whole call, and nobody stands nearer to the wire. */
export const inferometer: Dialect = {
  name: 'inferometer',
  scope: /^@inferometer\/sdk$/,
  matches: ({ scope }) => scope.name === sdkScope,
  read({ span, resource }) {
    const result = fromSpan(span, resource)
    if (result.ok) return { kind: 'call', call: result.call, layer: 'wire', perAttempt: false }
    return { kind: 'invalid', message: `${result.field} ${result.reason}` }
  },
}
