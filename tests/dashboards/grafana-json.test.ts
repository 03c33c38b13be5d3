import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dashboards } from '@inferometer/core/panels'
import { describe, expect, test } from 'vitest'
import { buildDashboard } from '../../dashboards/build-dashboard.ts'
import { renderDashboard } from '../../dashboards/render-dashboard.ts'
import { findUnknownNames } from './known-series.ts'

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
        expect(findUnknownNames(`sum by (${label}) (${series})`)).toEqual([])
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
          expect(findUnknownNames(expr), title).toEqual([])
          expect(legendFormat, title).not.toMatch(/undefined|(?<!\{)\{(?!\{)/)
        }
      }
      for (const { expr } of built.annotations.list) expect(findUnknownNames(expr)).toEqual([])
    })

    test('shows a legend wherever there can be several series', () => {
      for (const { type, options, title } of built.panels)
        if (['timeseries', 'piechart', 'barchart'].includes(type)) expect(options.legend.showLegend, title).toBe(true)
    })
  },
)
