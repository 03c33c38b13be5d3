/** Writes build/dashboards/<uid>.json for every dashboard of the catalogue, and removes what is no longer in it. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dashboards } from '@inferometer/core/panels'
import { renderDashboard } from './render-dashboard.ts'

const folder = new URL('../../build/dashboards/', import.meta.url)
mkdirSync(folder, { recursive: true })
const names = new Set(dashboards.map(({ uid }) => `${uid}.json`))
for (const name of readdirSync(folder)) if (name.endsWith('.json') && !names.has(name)) rmSync(new URL(name, folder))
for (const dashboard of dashboards) {
  writeFileSync(new URL(`${dashboard.uid}.json`, folder), renderDashboard(dashboard))
  console.log(`build/dashboards/${dashboard.uid}.json: ${dashboard.panels.length} panels`)
}
