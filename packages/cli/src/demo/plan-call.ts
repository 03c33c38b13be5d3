/** Chooses the next call of a service: model, question, user, and what will happen to it. */
import type { Random } from './random.ts'
import type { ScenarioName } from './scenario.ts'
import { bursts, type CallKind, type DemoService } from './services.ts'
import { asides, policyPreamble, questions } from './stock.ts'

export interface PlannedCall {
  readonly kind: CallKind
  readonly scenario: ScenarioName
  readonly system: string | null
  readonly question: string
  readonly userId: string
  readonly sessionId: string
  readonly tags: readonly string[]
}

const userCount = 12

export function planCall(service: DemoService, random: Random, elapsedMs: number): PlannedCall {
  const kind = pickByShare(service.kinds, random)
  const user = random.between(1, userCount)
  const order = random.between(1_000, 9_999)
  return {
    kind,
    scenario: pickScenario(kind, random, elapsedMs),
    system: kind.preamble ? policyPreamble : null,
    question: `${random.pick(questions[service.questions])} (order ${order})${pickAside(service, random)}`,
    userId: `user-${user}`,
    // A session lasts a minute, so that one user has several.
    sessionId: `session-${user}-${Math.floor(elapsedMs / 60_000)}`,
    tags: [random.chance(0.8) ? 'web' : 'mobile'],
  }
}

/** Only customers write of themselves. */
function pickAside({ questions: asked }: DemoService, random: Random): string {
  if (asked !== 'support') return ''
  let left = random.next()
  for (const { share, write } of asides) {
    left -= share
    if (left < 0) return ` ${write(random)}`
  }
  return ''
}

function pickByShare(kinds: DemoService['kinds'], random: Random): CallKind {
  let left = random.next()
  for (const kind of kinds) {
    left -= kind.share
    if (left < 0) return kind
  }
  return kinds[0]
}

function pickScenario(kind: CallKind, random: Random, elapsedMs: number): ScenarioName {
  for (const burst of bursts) {
    const phaseMs = (elapsedMs - burst.fromMs) % burst.everyMs
    if (elapsedMs >= burst.fromMs && phaseMs < burst.forMs && random.chance(burst.chance)) return burst.scenario
  }
  let left = random.next()
  for (const [name, share] of Object.entries(kind.scenarios)) {
    left -= share
    if (left < 0) return name as ScenarioName
  }
  return 'plain'
}

/** Milliseconds to the next call, when calls come independently of each other at `perSecond`. */
export function nextGapMs(random: Random, perSecond: number): number {
  return (-Math.log(1 - random.next()) * 1_000) / perSecond
}
