import { sdkScope } from '@inferometer/core/attributes'
import { fromSpan } from '@inferometer/core/call-span'
import type { Dialect } from './span-reading.ts'

/** Spans of our own SDK: each is a whole call. */
export const inferometer: Dialect = {
  name: 'inferometer',
  matches: ({ scope }) => scope.name === sdkScope,
  read({ span, resource }) {
    const result = fromSpan(span, resource)
    if (result.ok) return { kind: 'call', call: result.call }
    return { kind: 'invalid', message: `${result.field} ${result.reason}` }
  },
}
