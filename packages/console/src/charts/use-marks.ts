/** Moments that explain steps: prices and patterns that came into force. */
import { useMemo } from 'react'
import { getJson } from '../api.ts'
import { useNow } from '../clock.ts'
import { useAnswer } from '../use-answer.ts'
import type { Mark } from './line-option.ts'

interface AnnotationsAnswer {
  readonly annotations: readonly { readonly time_ms: number; readonly text: string }[]
}

const oldMs = 15_000
const none: readonly Mark[] = []

export function useMarks(): readonly Mark[] {
  const now = useNow()
  const { data } = useAnswer(`annotations ${Math.floor(now / oldMs)}`, (signal) =>
    getJson<AnnotationsAnswer>('/v1/annotations', signal),
  )
  return useMemo(() => data?.annotations.map(({ time_ms, text }) => ({ timeMs: time_ms, text })) ?? none, [data])
}
