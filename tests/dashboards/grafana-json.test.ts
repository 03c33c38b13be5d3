import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dashboards } from '@inferometer/core/panels'
import { describe, expect, test } from 'vitest'
import { buildDashboard } from '../../dashboards/build-dashboard.ts'
import { renderDashboard } from '../../dashboards/render-dashboard.ts'
import { listPromqlProblems } from './check-promql.ts'

const folder = new URL('../../build/dashboards/', import.meta.url)

describe('build/dashboards', () => {
  test('holds one file per dashboard and nothing else', () => {
    expect(readdirSync(folder).sort()).toEqual(dashboards.map(({ uid }) => `${uid}.json`).sort())
  })

  test.each(dashboards.map((dashboard) => [dashboard.uid, dashboard] as const))(
    '%s.json is what the catalogue makes; if not: npm run dashboards',
    (uid, dashboard) => {
      const file = new URL(`${uid}.json`, folder)
      expect(existsSync(file)).toBe(true)
      expect(readFileSync(file, 'utf8')).toBe(renderDashboard(dashboard))
    },
  )
})

describe.each(dashboards.map((dashboard) => [dashboard.uid, dashboard] as const))(
  'buildDashboard(%s)',
  (_, dashboard) => {
    const built = JSON.parse(JSON.stringify(buildDashboard(dashboard)))

    test('has the variables data source, service, provider and model, the last three with several and all', () => {
      const variables = built.templating.list
      expect(variables.map(({ name }: { name: string }) => name)).toEqual([
        'datasource',
        'service',
        'provider',
        'model',
      ])
      for (const { query, multi, includeAll, allValue } of variables.slice(1)) {
        expect({ multi, includeAll, allValue }).toEqual({ multi: true, includeAll: true, allValue: '.*' })
        const [, series = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(query.query) ?? []
        expect(listPromqlProblems(`sum by (${label}) (${series})`)).toEqual([])
      }
    })

    test('links to its sisters with time and variables, where it can be seen', () => {
      const [link] = built.links
      expect(link).toMatchObject({ type: 'dashboards', keepTime: true, includeVars: true, tags: built.tags })
      expect(link.placement).toBeUndefined()
    })

    test('fills the grid without overlap', () => {
      const taken = new Set<string>()
      for (const { gridPos } of built.panels) {
        expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            expect(taken.has(`${x},${y}`)).toBe(false)
            taken.add(`${x},${y}`)
          }
      }
    })

    test('gives every panel its own id, every target a refId, the chosen data source and PromQL over known series', () => {
      const ids = built.panels.map(({ id }: { id: number }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      for (const { targets, title, fieldConfig } of built.panels) {
        const refIds = targets.map(({ refId }: { refId: string }) => refId)
        expect(new Set(refIds).size, title).toBe(targets.length)
        expect(fieldConfig.defaults.noValue, title).toBeTruthy()
        for (const { refId, expr, datasource, legendFormat } of targets) {
          expect(refId).toMatch(/^[A-Z]$/)
          expect(datasource).toEqual({ type: 'prometheus', uid: `\${datasource}` })
          expect(listPromqlProblems(expr), title).toEqual([])
          expect(legendFormat, title).not.toMatch(/undefined|(?<!\{)\{(?!\{)/)
        }
      }
      for (const { expr } of built.annotations.list) expect(listPromqlProblems(expr)).toEqual([])
    })

    test('every panel has a type that Grafana has, a unit, a description and what it says where there is nothing', () => {
      for (const { type, title, description, fieldConfig, datasource } of built.panels) {
        expect(['timeseries', 'stat', 'gauge', 'bargauge', 'barchart', 'piechart', 'table'], title).toContain(type)
        expect(fieldConfig.defaults.unit, title).toMatch(/^(ms|currencyUSD|percentunit|short|suffix: \/s|si: tok\/s)$/)
        expect(description.length, title).toBeGreaterThan(80)
        expect(datasource, title).toEqual({ type: 'prometheus', uid: `\${datasource}` })
      }
    })

    test('shows exemplars on one query of the panels that have them, and asks native and classic histograms', () => {
      for (const panel of dashboard.panels) {
        const { targets } = built.panels.find(({ title }: { title: string }) => title === panel.title)
        expect(targets.map(({ exemplar }: { exemplar: boolean }) => exemplar)).toEqual(
          panel.queries.map((_, index) => panel.exemplars && index === 0),
        )
        for (const { expr } of targets) {
          if (!expr.includes('histogram_quantile(')) continue
          expect(expr, panel.title).toMatch(/llm_\w+_bucket\{/)
          expect(expr.replaceAll(/llm_\w+_bucket\{/g, ''), panel.title).toMatch(/llm_\w+\{/)
        }
      }
    })

    test('shows a legend wherever there can be several series', () => {
      for (const { type, options, title } of built.panels)
        if (['timeseries', 'piechart', 'barchart'].includes(type)) expect(options.legend.showLegend, title).toBe(true)
    })
  },
)
