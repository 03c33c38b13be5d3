import { type Dashboard, dashboards, type Panel } from '@inferometer/core/panels'
import { isOverTime } from '@inferometer/core/panels/panel'
import { dimensionLabels } from '@inferometer/core/panels/terms'
import { describe, expect, test } from 'vitest'
import { listPromqlProblems } from './check-promql.ts'

const allPanels = dashboards.flatMap((dashboard) => dashboard.panels.map((panel) => ({ dashboard, panel })))
const eachQuery = allPanels.flatMap(({ dashboard, panel }) =>
  panel.queries.map((query) => ({ name: `${dashboard.uid} / ${panel.id} / ${query.legend}`, panel, query })),
)

/** The titles and kinds that the design fixes. */
const floor: Readonly<Record<string, { title: string; panels: readonly (readonly [string, Panel['kind']])[] }>> = {
  'llm-latency-ttft-dashboard': {
    title: 'LLM Latency & TTFT',
    panels: [
      ['Latency percentiles p50/p95/p99 by model', 'timeseries'],
      ['TTFT percentiles', 'timeseries'],
      ['Avg latency vs avg TTFT per model', 'bars'],
    ],
  },
  'llm-cost-dashboard': {
    title: 'LLM Cost Dashboard',
    panels: [
      ['Cumulative cost over time', 'timeseries'],
      ['Cost by model', 'donut'],
      ['Cost by service', 'bars'],
    ],
  },
  'llm-error-retry-dashboard': {
    title: 'LLM Error & Retry',
    panels: [
      ['Success vs error rate', 'stacked'],
      ['Finish reasons', 'stacked'],
      ['Retry rate %', 'gauge'],
    ],
  },
  'llm-security-safety-dashboard': {
    title: 'LLM Security & Safety',
    panels: [
      ['PII detections per second by service', 'timeseries'],
      ['Injection attempts per second by service', 'timeseries'],
      ['Total security violations (cumulative)', 'stacked'],
    ],
  },
}

describe('dashboards', () => {
  test('are the four of the design with their titles and panels', () => {
    expect(dashboards.map(({ uid }) => uid)).toEqual(Object.keys(floor))
    for (const { uid, title, panels } of dashboards) {
      expect(title).toBe(floor[uid]?.title)
      for (const [panelTitle, kind] of floor[uid]?.panels ?? [])
        expect(panels.find((panel) => panel.title === panelTitle)?.kind, panelTitle).toBe(kind)
    }
  })

  test.each(dashboards.map((dashboard) => [dashboard.uid, dashboard] as const))(
    '%s has panels with ids and titles of their own, each of which says what it means and what to do',
    (_uid, { panels }: Dashboard) => {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
      expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
      for (const { title, description, noData, thresholds } of panels) {
        expect(description.length, `${title}: ${description}`).toBeGreaterThan(80)
        expect(noData, title).not.toBe('')
        expect(thresholds.map(({ from }) => from)).toEqual(
          [...thresholds.map(({ from }) => from)].sort((a, b) => a - b),
        )
      }
    },
  )

  test('show exemplars on latency and TTFT over time', () => {
    for (const { panel } of allPanels.filter(({ panel }) => /^(Latency|TTFT) percentiles/.test(panel.title)))
      expect(panel.exemplars).toBe(true)
  })
})

describe('writePromql()', () => {
  test.each(eachQuery.map((each) => [each.name, each] as const))('%s is PromQL over known series', (_name, each) => {
    const { promql } = each.query
    expect(listPromqlProblems(promql)).toEqual([])
    // A selector that is not narrowed by the variables would show calls that were not chosen.
    for (const [selector, metric = ''] of promql.matchAll(/\b([a-z_]+)\{[^}]*\}/g))
      if (!metric.startsWith('inferometer_')) expect(selector).toContain('service_name=~')
    expect(promql.includes(isOverTime(each.panel) ? '$__range' : '$__rate_interval')).toBe(false)
  })

  test.each(eachQuery.map((each) => [each.name, each.query] as const))(
    '%s has a legend that only names what it groups by',
    (_name, { legend, terms }) => {
      for (const [, dimension = ''] of legend.matchAll(/\{(\w+)\}/g)) {
        expect(Object.keys(dimensionLabels)).toContain(dimension)
        expect(terms.by).toContain(dimension)
      }
    },
  )

  test.each([
    ['sum by (model) (rate(llm_spans_totl[5m]))', "names 'llm_spans_totl', which is no metric"],
    ['llm_pii_detected_total{model="x"}', "asks llm_pii_detected_total for the label 'model'"],
    ['sum by (nothing) (llm_spans_total)', "groups by 'nothing', a label that nothing in it has"],
    ['sum by (model) (rate(', 'is no PromQL'],
  ])('the check of them finds what is wrong in %s', (promql, problem) => {
    expect(listPromqlProblems(promql)).toEqual([expect.stringContaining(problem)])
  })
})
