/** Answers a panel's terms from the store: what `writePromql` asks of Prometheus, exactly and with any filter. */
import {
  type AmountDefinition,
  amounts,
  type Amount as PanelAmount,
  type PanelTerms,
} from '@inferometer/core/panels/terms'
import type { Amount, Measure } from './aggregate-source.ts'
import type { AskedGroup, Asks, Pending, Window } from './panel-asks.ts'

const usPerSecond = 1_000_000
const nanoUsdPerUsd = 1_000_000_000
const weekUs = 7 * 86_400 * usPerSecond

/** The steps of a line: their starts, and where the last one ends. */
export interface Steps {
  readonly startsUs: readonly number[]
  readonly stepUs: number
  readonly untilUs: number
}

export interface SeriesValue {
  readonly key: readonly (string | null)[]
  readonly value: number | null
}
export interface SeriesValues {
  readonly key: readonly (string | null)[]
  readonly values: readonly (number | null)[]
}

const toStoreAmount = (of: PanelAmount): Amount => (of === 'costUsd' ? 'costNanoUsd' : of)
const scaleOf = (of: PanelAmount): number => (of === 'costUsd' ? 1 / nanoUsdPerUsd : 1)
const definitionOf = (of: PanelAmount): AmountDefinition => amounts[of]
const secondsOf = { second: 1, hour: 3_600, day: 86_400 } as const
const amountOf = (of: PanelAmount): Measure => ({ kind: 'amount', of: toStoreAmount(of) })

/** The answer for a whole window. Readable after the asks were run. */
export function askWhole(asks: Asks, terms: PanelTerms, window: Window & { readonly sinceUs: number }) {
  const { measure, by, top } = terms
  const whole = { ...window, stepUs: null }
  if (measure.kind === 'ratio') {
    const [part, all] = [asks.add(whole, by, amountOf(measure.of)), asks.add(whole, by, amountOf(measure.to))]
    return () => divideGroups({ part: part(), all: all() }, ([over, under]) => toShare(measure, over, under))
  }
  if (measure.kind !== 'amount') {
    const pending = asks.add(shift(whole, measure), by, toStoreMeasure(measure))
    return (): SeriesValue[] => [...pending().values()].filter(({ value }) => value !== null)
  }
  const { of, over } = measure
  const sinceUs = over === 'ever' ? null : window.sinceUs
  const pending = asks.add({ ...whole, sinceUs }, by, amountOf(of))
  const seconds = (window.untilUs - window.sinceUs) / usPerSecond
  const factor = over === 'window' || over === 'ever' ? 1 : secondsOf[over] / seconds
  return (): SeriesValue[] => {
    const groups = listAmounts(pending, terms).map(({ key, value }) => ({
      key,
      value: value === null ? null : value * scaleOf(of) * factor,
    }))
    // Nothing to add up is none, where none can be known.
    if (groups.length === 0 && by.length === 0 && definitionOf(of).absent === 'none') return [{ key: [], value: 0 }]
    return top === undefined ? groups : groups.sort((one, other) => (other.value ?? 0) - (one.value ?? 0)).slice(0, top)
  }
}

/** The answer for each step. Readable after the asks were run. */
export function askSteps(asks: Asks, terms: PanelTerms, steps: Steps): () => SeriesValues[] {
  const { measure, by } = terms
  const [firstUs = 0] = steps.startsUs
  const window = { sinceUs: firstUs, untilUs: steps.untilUs, stepUs: steps.stepUs }
  if (measure.kind === 'ratio') {
    const [part, all] = [asks.add(window, by, amountOf(measure.of)), asks.add(window, by, amountOf(measure.to))]
    return () => {
      const parts = part()
      return [...all()].map(([name, group]) => ({
        key: group.key,
        values: steps.startsUs.map((at) =>
          toShare(measure, parts.get(name)?.byTime.get(at) ?? null, group.byTime.get(at) ?? null),
        ),
      }))
    }
  }
  if (measure.kind === 'amount') return askAmountSteps(asks, terms, steps)
  const earlierUs = measure.kind === 'quantile' ? (measure.weeksAgo ?? 0) * weekUs : 0
  // Weeks are whole steps, so that the steps of both begin at the same places.
  const pending = asks.add(shift(window, measure), by, toStoreMeasure(measure))
  return () =>
    [...pending().values()].map(({ key, byTime }) => ({
      key,
      values: steps.startsUs.map((at) => byTime.get(at - earlierUs) ?? null),
    }))
}

function askAmountSteps(asks: Asks, terms: PanelTerms, steps: Steps): () => SeriesValues[] {
  const { measure, by } = terms
  if (measure.kind !== 'amount') throw new Error(`BUG: ${measure.kind} is no amount`)
  const { of, over } = measure
  const { startsUs, stepUs, untilUs } = steps
  const [firstUs = 0] = startsUs
  const pending = asks.add({ sinceUs: firstUs, untilUs, stepUs }, by, amountOf(of))
  if (over === 'ever') {
    const before = asks.add({ sinceUs: null, untilUs: firstUs, stepUs: null }, by, amountOf(of))
    return () => addUp({ before: before(), during: pending(), terms }, startsUs)
  }
  const lengthsUs = startsUs.map((at) => Math.min(stepUs, untilUs - at))
  const factors = lengthsUs.map((lengthUs) => (over === 'window' ? 1 : (secondsOf[over] * usPerSecond) / lengthUs))
  return () =>
    listAmounts(pending, terms).map(({ key, byTime }) => ({
      key,
      values: startsUs.map((at, index) => (byTime.get(at) ?? 0) * scaleOf(of) * (factors[index] ?? 1)),
    }))
}

interface Growth {
  readonly before: ReadonlyMap<string, AskedGroup>
  readonly during: ReadonlyMap<string, AskedGroup>
  readonly terms: PanelTerms
}

/** The running sum at the end of each step. */
function addUp({ before, during, terms }: Growth, startsUs: readonly number[]): SeriesValues[] {
  const { measure } = terms
  const scale = measure.kind === 'amount' ? scaleOf(measure.of) : 1
  const names = new Set([...before.keys(), ...during.keys()])
  const series = [...names].map((name) => {
    const [earlier, growing] = [before.get(name), during.get(name)]
    let sum = earlier?.value ?? 0
    const values = startsUs.map((at) => {
      sum += growing?.byTime.get(at) ?? 0
      return sum * scale
    })
    return { key: (growing ?? earlier)?.key ?? [], values }
  })
  return series.filter(({ values }) => (values.at(-1) ?? 0) > 0 || terms.by.length === 0)
}

/** Without the combinations that have nothing to add up: they are in the answer for another measure's sake. */
function listAmounts(pending: Pending, { measure, by }: PanelTerms): AskedGroup[] {
  const groups = [...pending().values()]
  if (by.length === 0 || (measure.kind === 'amount' && measure.of === 'calls')) return groups
  return groups.filter(({ value, byTime }) => (value ?? 0) > 0 || [...byTime.values()].some((one) => (one ?? 0) > 0))
}

type Ratio = Extract<PanelTerms['measure'], { kind: 'ratio' }>

function toShare({ of, to }: Ratio, part: number | null, all: number | null): number | null {
  if (all === null || all === 0) return null
  if (part === null) return definitionOf(of).absent === 'none' ? 0 : null
  return (part * scaleOf(of)) / (all * scaleOf(to))
}

type Groups = ReadonlyMap<string, AskedGroup>

function divideGroups(
  { part, all }: { part: Groups; all: Groups },
  divide: (values: readonly [number | null, number | null]) => number | null,
): SeriesValue[] {
  const shares = [...all].map(([name, { key, value }]) => ({
    key,
    value: divide([part.get(name)?.value ?? null, value]),
  }))
  return shares.filter(({ value }) => value !== null)
}

function toStoreMeasure(measure: Extract<PanelTerms['measure'], { kind: 'quantile' | 'average' }>): Measure {
  if (measure.kind === 'average') return { kind: 'average', of: measure.of }
  return { kind: 'quantile', of: measure.of, quantile: measure.quantile }
}

function shift(window: Window, measure: PanelTerms['measure']): Window {
  const earlierUs = measure.kind === 'quantile' ? (measure.weeksAgo ?? 0) * weekUs : 0
  const { sinceUs, untilUs, stepUs } = window
  return { sinceUs: sinceUs === null ? null : sinceUs - earlierUs, untilUs: untilUs - earlierUs, stepUs }
}
