/**
 * A detector of the user's own, asked about prompts beside the patterns: a function in this process, or a classifier
 * behind a URL. What it says is one more line of evidence. It is asked within a budget, waited for no longer than its
 * timeout, and where it fails the patterns decide alone.
 */
import type { LlmCall } from '@inferometer/core/call'
import type { DetectorSettings } from '@inferometer/core/scan/injection/detector-settings'
import { defaultDetectorSettings } from '@inferometer/core/scan/injection/detector-settings'
import { askHttpDetector, type Detector } from './http-detector.ts'
import type { Patterns } from './patterns.ts'

export type DetectorOutcome = 'answered' | 'failed' | 'timed_out' | 'over_budget' | 'not_sampled'

export interface DetectionOptions {
  readonly patterns: Pick<Patterns, 'current' | 'scanCall'>
  /** In the place of a URL. */
  readonly detector: Detector | null
  readonly now: () => number
  readonly random: () => number
  readonly onOutcome: (outcome: DetectorOutcome) => void
}

/** Name of the finding that a detector's word brought about. */
export const detectorPattern = 'detector'
/** Long texts are judged by their beginning. */
const textLengthMax = 16_384

export interface Detection {
  /** The calls with findings of patterns and detector; where no detector is set, as they are. */
  detectAll(calls: readonly LlmCall[]): Promise<readonly LlmCall[]>
}

export function createDetection(options: DetectionOptions): Detection {
  const budget = new Budget(options.now)
  return {
    async detectAll(calls) {
      const settings = options.patterns.current().scanner.detector ?? (options.detector && defaultDetectorSettings)
      const ask = options.detector ?? (settings?.url ? askHttpDetector(settings.url) : null)
      if (!settings || !ask) return calls
      const asking = new Asking({ ...options, settings, ask, budget })
      return Promise.all(calls.map((call) => asking.judge(call)))
    },
  }
}

/** So many texts in a second, saved up for one second at most. */
class Budget {
  readonly #now: () => number
  #left = 0
  #atMs = Number.NEGATIVE_INFINITY

  constructor(now: () => number) {
    this.#now = now
  }

  take(perSecond: number): boolean {
    const now = this.#now()
    const most = Math.max(1, perSecond)
    this.#left = Math.min(most, this.#left + (Math.max(0, now - this.#atMs) / 1_000) * perSecond)
    this.#atMs = now
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}

interface AskingOptions extends DetectionOptions {
  readonly settings: DetectorSettings
  readonly ask: Detector
  readonly budget: Budget
}

class Asking {
  readonly #options: AskingOptions

  constructor(options: AskingOptions) {
    this.#options = options
  }

  async judge(call: LlmCall): Promise<LlmCall> {
    const text = call.content?.input?.findLast(({ role }) => role !== 'system' && role !== 'developer')?.text ?? ''
    // What the sender has judged is not judged again.
    if (text === '' || call.findings.length > 0) return call
    const score = await this.#ask(text.slice(0, textLengthMax))
    if (score === null) return call
    const { patterns, settings } = this.#options
    const { scanner } = patterns.current()
    const scanned = patterns.scanCall(call)
    if (scanner.detect(text).score + score * settings.weight < scanner.threshold - tolerance) return scanned
    return {
      ...scanned,
      findings: [...scanned.findings, { kind: 'injection', pattern: detectorPattern, start: 0, end: 0 }],
    }
  }

  /** Null: not asked, or no answer. */
  async #ask(text: string): Promise<number | null> {
    const { settings, budget, random, onOutcome } = this.#options
    if (random() >= settings.sample) return this.#skip('not_sampled')
    if (!budget.take(settings.callsPerSecond)) return this.#skip('over_budget')
    const signal = AbortSignal.timeout(settings.timeoutMs)
    const timeout = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    try {
      const score = await Promise.race([this.#options.ask(text, signal), timeout])
      if (!(score >= 0 && score <= 1)) throw new RangeError(`a score must be 0 to 1, not ${score}`)
      onOutcome('answered')
      return score
    } catch {
      // Why is for the detector to tell; here it is one answer less, and counted.
      onOutcome(signal.aborted ? 'timed_out' : 'failed')
      return null
    }
  }

  #skip(outcome: DetectorOutcome): null {
    this.#options.onOutcome(outcome)
    return null
  }
}

const tolerance = 1e-9
