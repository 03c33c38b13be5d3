/** Answers the panels of a dashboard from the store, all of them with as few questions as they allow. */
import { modelLabel } from '@inferometer/core/call'
import type { PanelAnswer, PanelExample, PanelSeries } from '@inferometer/core/panels/answer'
import type { Panel, PanelQuery } from '@inferometer/core/panels/panel'
import { isOverTime } from '@inferometer/core/panels/panel'
import { type Dimension, dimensionLabels } from '@inferometer/core/panels/terms'
import { anyCall, type SearchRequest } from '../call-search.ts'
import type { AggregateRequest, AggregateSource } from './aggregate-source.ts'
import type { CallSource } from './call-routes.ts'
import { type Asks, createAsks } from './panel-asks.ts'
import { askSteps, askWhole, type SeriesValue, type SeriesValues, type Steps } from './panel-measures.ts'

export interface PanelRange {
  readonly sinceUs: number
  readonly untilUs: number
  readonly stepUs: number
  /** The viewer's midnight. */
  readonly todayUs: number
}

/** What is answered of a panel. */
export type AskedPanel = Pick<Panel, 'id' | 'kind' | 'period' | 'exemplars'> & {
  readonly queries: readonly Pick<PanelQuery, 'legend' | 'terms'>[]
}

export interface PanelSource extends AggregateSource, Pick<CallSource, 'searchCalls'> {}

interface Setup {
  readonly store: PanelSource
  readonly range: PanelRange
  readonly where: AggregateRequest['where']
}

const usPerMs = 1_000
const dayUs = 86_400_000_000
const examplesAtMost = 24

/** A panel whose question fails says so in its answer, and the others are answered. */
export async function answerPanels(panels: readonly AskedPanel[], setup: Setup): Promise<readonly PanelAnswer[]> {
  const asks = createAsks(setup.store, setup.where)
  const pending = panels.map((panel) => ({ panel, read: askPanel(asks, panel, setup.range) }))
  const [examples] = await Promise.all([Promise.all(panels.map((panel) => findExamples(panel, setup))), asks.run()])
  return pending.map(({ panel, read }, index) => ({
    ...readOrExplain(panel, read, setup.range),
    examples: examples[index] ?? [],
  }))
}

function readOrExplain(
  { id }: AskedPanel,
  read: () => Unfinished,
  { sinceUs, untilUs, stepUs }: PanelRange,
): Unfinished {
  try {
    return read()
  } catch (error) {
    const range = { since_ms: sinceUs / usPerMs, until_ms: untilUs / usPerMs, step_ms: stepUs / usPerMs, times_ms: [] }
    return { id, error: error instanceof Error ? error.message : String(error), ...range, series: [], notes: [] }
  }
}

type Unfinished = Omit<PanelAnswer, 'examples'>

function askPanel(asks: Asks, panel: AskedPanel, chosen: PanelRange): () => Unfinished {
  const isToday = panel.period === 'today'
  const range = isToday ? { ...chosen, sinceUs: Math.min(chosen.todayUs, chosen.untilUs - 1) } : chosen
  const steps = listSteps(range)
  const parts = panel.queries.map((query, index) => askQuery({ asks, panel, query, index }, { range, steps }))
  const unpriced = asksForCost(panel) ? asks.add(wholeOf(range), [], { kind: 'amount', of: 'unpricedCalls' }) : null
  return () => ({
    id: panel.id,
    error: null,
    since_ms: range.sinceUs / usPerMs,
    until_ms: range.untilUs / usPerMs,
    times_ms: steps.startsUs.map((at) => at / usPerMs),
    step_ms: steps.stepUs / usPerMs,
    series: parts.flatMap((read) => read()),
    notes: describeUnpriced(unpriced?.().values().next().value?.value ?? 0),
  })
}

const wholeOf = ({ sinceUs, untilUs }: PanelRange) => ({ sinceUs, untilUs, stepUs: null })

function describeUnpriced(calls: number): readonly string[] {
  if (calls === 0) return []
  return [`${calls} ${calls === 1 ? 'call' : 'calls'} without a known price ${calls === 1 ? 'is' : 'are'} left out`]
}

function asksForCost({ queries }: AskedPanel): boolean {
  return queries.some(({ terms: { measure } }) => 'of' in measure && measure.of === 'costUsd')
}

/** From the step that the range begins in; a last step that has hardly begun is left out, because its pace is a guess. */
export function listSteps({ sinceUs, untilUs, stepUs }: Pick<PanelRange, 'sinceUs' | 'untilUs' | 'stepUs'>): Steps {
  const firstUs = Math.floor(sinceUs / stepUs) * stepUs
  const count = Math.max(1, Math.ceil((untilUs - firstUs) / stepUs))
  const startsUs = Array.from({ length: count }, (_, index) => firstUs + index * stepUs)
  const lastUs = startsUs.at(-1) ?? firstUs
  if (count > 1 && untilUs - lastUs < stepUs / 2) return { startsUs: startsUs.slice(0, -1), stepUs, untilUs: lastUs }
  return { startsUs, stepUs, untilUs }
}

interface QueryToAsk {
  readonly asks: Asks
  readonly panel: AskedPanel
  readonly query: AskedPanel['queries'][number]
  readonly index: number
}

function askQuery(
  { asks, panel, query, index }: QueryToAsk,
  { range, steps }: { readonly range: PanelRange; readonly steps: Steps },
): () => readonly PanelSeries[] {
  const { terms } = query
  const toSeries = (part: SeriesValue | SeriesValues): PanelSeries => ({
    query: index,
    ...nameSeries(query, part.key),
    value: 'value' in part ? part.value : null,
    previous: null,
    values: 'values' in part ? part.values : [],
  })
  if (isOverTime(panel)) {
    const read = askSteps(asks, terms, steps)
    return () => read().map(toSeries)
  }
  const window = wholeOf(range)
  const read = askWhole(asks, terms, window)
  if (panel.kind !== 'stat' && panel.kind !== 'gauge') return () => read().map(toSeries)
  const before = askWhole(asks, terms, periodBefore(window, panel.period))
  const course = askSteps(asks, terms, steps)
  return () => {
    const [previous] = before()
    const [values] = course()
    return read().map((part) => ({
      ...toSeries(part),
      previous: previous?.value ?? null,
      values: values?.values ?? [],
    }))
  }
}

/** As long as the window, and just before it; for today, yesterday until the same time. */
function periodBefore({ sinceUs, untilUs }: { sinceUs: number; untilUs: number }, period: Panel['period']) {
  const byUs = period === 'today' ? dayUs : untilUs - sinceUs
  return { sinceUs: sinceUs - byUs, untilUs: untilUs - byUs, stepUs: null }
}

function nameSeries({ legend, terms }: AskedPanel['queries'][number], key: readonly (string | null)[]) {
  const textOf = (dimension: string) => key[terms.by.indexOf(dimension as Dimension)] ?? 'unknown'
  return {
    name: legend.replace(/\{(\w+)\}/g, (_, dimension: string) => textOf(dimension)),
    labels: Object.fromEntries(terms.by.map((dimension) => [dimensionLabels[dimension], textOf(dimension)])),
  }
}

/** The calls that stand out: what somebody who sees a peak wants to open. */
async function findExamples(panel: AskedPanel, { store, range, where }: Setup): Promise<readonly PanelExample[]> {
  const measure = panel.queries[0]?.terms.measure
  if (!panel.exemplars || measure === undefined || measure.kind !== 'quantile') return []
  const { of } = measure
  if (of === 'timePerOutputTokenMs') return []
  const { sinceUs, untilUs } = range
  const request: SearchRequest = {
    filter: { ...anyCall, where, sinceUs, untilUs },
    sort: { by: of, descending: true },
    after: null,
    offset: 0,
    limit: examplesAtMost,
    withContent: false,
  }
  const found = await store.searchCalls(request)
  return found.flatMap(({ call }) => {
    const value = call[of]
    if (value === null) return []
    const { traceId, spanId, serviceName, startTimeUs } = call
    const names = { model: modelLabel(call), service_name: serviceName, trace_id: traceId, span_id: spanId }
    return [{ time_ms: Math.round(startTimeUs / usPerMs), value, ...names }]
  })
}
