import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dashboards } from '@inferometer/core/panels'
import type { DashboardsAnswer, ShownDashboard } from '@inferometer/core/panels/answer'
import { type App, createApp } from '@inferometer/server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openStoreOf } from '../harness/store-of-calls.ts'

const built = fileURLToPath(new URL('../../build/dashboards', import.meta.url))
const uid = 'llm-cost-dashboard'

/** The parts of Grafana's JSON that the tests edit. */
interface Edited {
  title: string
  panels: {
    title: string
    description: string
    gridPos: { x: number; y: number; w: number; h: number }
    targets: { expr: string }[]
    fieldConfig: { defaults: { unit: string; thresholds: { steps: { value: number | null; color: string }[] } } }
  }[]
}

let dir: string
let app: App
let nowMs: number
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'inferometer-dashboards-'))
  nowMs = Date.UTC(2026, 10, 27)
  for (const one of dashboards)
    writeFileSync(join(dir, `${one.uid}.json`), readFileSync(join(built, `${one.uid}.json`)))
  app = await createApp(
    { logLevel: 'silent', configDir: 'nowhere', dataDir: dir, dashboardsDir: dir },
    { now: () => nowMs, openStore: () => openStoreOf(join(dir, 'store'), []) },
  )
})
afterEach(async () => {
  await app.close()
  rmSync(dir, { recursive: true, force: true })
})

async function show(): Promise<ShownDashboard> {
  const { dashboards: shown } = (await app.api.inject('/v1/dashboards')).json<DashboardsAnswer>()
  const found = shown.find((one) => one.uid === uid)
  if (found === undefined) throw new Error(`there is no ${uid}`)
  return found
}

/** Edits the file, and shows what is answered half a minute later. */
async function edit(change: (json: Edited) => void): Promise<ShownDashboard> {
  const path = join(dir, `${uid}.json`)
  // JSON.parse forgets the type; the file is ours.
  const json = JSON.parse(readFileSync(path, 'utf8')) as Edited
  change(json)
  writeFileSync(path, JSON.stringify(json))
  nowMs += 30_000
  return show()
}

describe('GET /v1/dashboards', () => {
  test('the files as they are built are the catalogue', async () => {
    const { dashboards: shown } = (await app.api.inject('/v1/dashboards')).json<DashboardsAnswer>()
    expect(shown.map((one) => one.uid)).toEqual(dashboards.map((one) => one.uid))
    for (const [index, one] of dashboards.entries()) {
      const pairs = shown[index]?.panels ?? []
      expect(
        pairs.map(({ id, title, description, kind, unit, notes }) => ({ id, title, description, kind, unit, notes })),
      ).toEqual(
        one.panels.map(({ id, title, description, kind, unit }) => ({ id, title, description, kind, unit, notes: [] })),
      )
      expect(pairs.map(({ thresholds, period, no_data }) => ({ thresholds, period, no_data }))).toEqual(
        one.panels.map(({ thresholds, period, noData }) => ({ thresholds, period, no_data: noData })),
      )
      expect(pairs.map(({ queries }) => queries.map(({ legend, terms, unit }) => ({ legend, terms, unit })))).toEqual(
        one.panels.map(({ queries }) => queries.map(({ legend, terms, unit }) => ({ legend, terms, unit }))),
      )
    }
  })

  test('title, text, thresholds, place and unit follow an edit', async () => {
    const shown = await edit(({ panels: [first] }) => {
      if (first === undefined) return
      first.title = 'What today costs'
      first.description = 'Ask finance'
      first.gridPos = { x: 12, y: 3, w: 12, h: 6 }
      first.fieldConfig.defaults.unit = 'short'
      first.fieldConfig.defaults.thresholds.steps = [
        { value: null, color: 'green' },
        { value: 40, color: 'red' },
      ]
    })
    expect(shown.panels[0]).toMatchObject({
      id: 'spend-today',
      title: 'What today costs',
      description: 'Ask finance',
      place: { x: 12, y: 3, w: 12, h: 6 },
      unit: 'count',
      thresholds: [
        { from: 0, level: 'good' },
        { from: 40, level: 'bad' },
      ],
      notes: [],
    })
  })

  test('a removed panel is gone, and the others keep their questions', async () => {
    const before = await show()
    const shown = await edit((json) => {
      json.panels.splice(1, 2)
    })
    expect(shown.panels.map(({ id }) => id)).toEqual(
      before.panels.filter((_, index) => index !== 1 && index !== 2).map(({ id }) => id),
    )
  })

  test('PromQL of another panel is answered, PromQL of one’s own is said to be for Grafana', async () => {
    const shown = await edit(({ panels: [first, second, third] }) => {
      const [target] = first?.targets ?? []
      if (target !== undefined && third?.targets[0] !== undefined) target.expr = third.targets[0].expr
      if (second?.targets[0] !== undefined) second.targets[0].expr = 'sum(up)'
    })
    expect(shown.panels[0]).toMatchObject({ notes: [], queries: [{ terms: { measure: { of: 'costUsd' } } }] })
    expect(shown.panels[1]?.notes).toEqual([expect.stringContaining('cannot run it')])
    expect(shown.panels[1]?.queries).toMatchObject([{ promql: 'sum(up)', terms: null }])
  })

  test('a file that is broken keeps what was shown, and says so', async () => {
    await edit((json) => {
      json.title = 'Ours'
    })
    writeFileSync(join(dir, `${uid}.json`), '{"panels":')
    nowMs += 30_000
    const shown = await show()
    expect(shown.title).toBe('Ours')
    expect(shown.notes).toEqual([expect.stringContaining(`${uid}.json cannot be read`)])
    expect(shown.panels.length).toBeGreaterThan(10)
  })
})
