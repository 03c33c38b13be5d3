/** How a detector of the user's own is asked: `injection: {detector: {url, weight, …}}` of a pattern file. */
import type { ConfigProblem } from '../../config-problem.ts'
import { describeValue, isRecord, listUnknownKeys } from '../../config-problem.ts'

export interface DetectorSettings {
  /** Where texts are posted. Null: a function in the process is asked, if there is one. */
  readonly url: string | null
  /** Longest wait for an answer; the calls at hand wait for it too. */
  readonly timeoutMs: number
  /** Texts asked about; the rest are judged without it. */
  readonly callsPerSecond: number
  /** Share of the calls that are asked about at all, 0 to 1. */
  readonly sample: number
  /** What a score of 1 adds to the evidence. */
  readonly weight: number
}

export const defaultDetectorSettings: DetectorSettings = {
  url: null,
  timeoutMs: 200,
  callsPerSecond: 20,
  sample: 1,
  weight: 0.9,
}

const ranges = {
  timeout_ms: ['timeoutMs', 1, 10_000],
  calls_per_second: ['callsPerSecond', 0.01, 100_000],
  sample: ['sample', 0, 1],
  weight: ['weight', 0.01, 10],
} as const

type Report = (path: ConfigProblem['path'], message: string) => void

/** Null where nothing is said. */
export function readDetectorSettings(value: unknown, report: Report): DetectorSettings | null {
  if (value === undefined || value === null) return null
  const path = ['injection', 'detector']
  if (!isRecord(value)) {
    report(path, `'detector' must be a map, not ${describeValue(value)}`)
    return null
  }
  for (const problem of listUnknownKeys(value, ['url', ...Object.keys(ranges)], path))
    report(problem.path, problem.message)
  const numbers = Object.entries(ranges).map(([key, [name, min, max]]) => {
    const given = value[key]
    if (given === undefined) return [name, defaultDetectorSettings[name]] as const
    if (typeof given === 'number' && given >= min && given <= max) return [name, given] as const
    report([...path, key], `'${key}' must be ${min} to ${max}, not ${describeValue(given)}`)
    return [name, defaultDetectorSettings[name]] as const
  })
  const { url } = value
  const isUrl = typeof url === 'string' && /^https?:\/\/[^\s/]/.test(url)
  if (url !== undefined && !isUrl)
    report([...path, 'url'], `'url' must be an http or https address, not ${describeValue(url)}`)
  return { ...defaultDetectorSettings, ...Object.fromEntries(numbers), url: isUrl ? url : null }
}
