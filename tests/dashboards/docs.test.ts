import { readFileSync } from 'node:fs'
import { dashboards } from '@inferometer/core/panels'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const readText = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const page = readText('docs/dashboards.md')

test('docs/dashboards.md says where to look for every panel, and names no other', () => {
  const [, table = ''] = page.split('## Where to look')
  const rows = (table.split('\n## ')[0] ?? '').split('\n').slice(4)
  const written = rows.flatMap((row) => row.split(' | ')[1]?.replace(/ \|$/, '').split(' · ') ?? [])
  const titles = dashboards.flatMap(({ panels }) => panels.map(({ title }) => title))
  expect(new Set(written)).toEqual(new Set(titles))
})

test('docs/dashboards.md lists every dashboard and every alert', () => {
  for (const { uid, title } of dashboards) expect(page).toContain(`| ${title} | /d/${uid} |`)
  const { groups } = parse(readText('deploy/prometheus/alerts.rules.yml'))
  for (const { rules } of groups)
    for (const { alert, annotations } of rules)
      expect(page).toContain(`[${alert}](${annotations.runbook_url.replace('docs/', '')})`)
})
