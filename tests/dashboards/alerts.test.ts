/** Holds what the console judges alerts by to the rules that Prometheus judges them by. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { alerts, runbookOf } from '@inferometer/core/alerts'
import type { AlertDefinition, AlertValue } from '@inferometer/core/alerts/alert'
import { selfMetrics } from '@inferometer/core/metrics'
import { dashboards } from '@inferometer/core/panels'
import { type AmountDefinition, amounts, dimensionLabels, durations } from '@inferometer/core/panels/terms'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

interface Rule {
  readonly record?: string
  readonly alert?: string
  readonly expr: string
  readonly for?: string
  readonly labels?: { readonly severity: string }
  readonly annotations?: { readonly runbook_url: string }
}

const readRules = (name: string): Rule[] =>
  parse(
    readFileSync(fileURLToPath(new URL(`../../deploy/prometheus/${name}`, import.meta.url)), 'utf8'),
  ).groups.flatMap(({ rules }: { rules: Rule[] }) => rules)
const recordings = readRules('recording.rules.yml')
const rules = readRules('alerts.rules.yml').filter(({ alert }) => alert !== undefined)

/** With what it reads of recorded series written out. */
const writeOut = (expr: string): string =>
  recordings.reduce((text, { record = '', expr: recorded }) => text.replaceAll(record, `(${recorded})`), expr)

const unique = <T>(values: Iterable<T>): T[] => [...new Set(values)].sort()
const spansIn = (text: string) => unique([...text.matchAll(/\[(\d+[mhdw])\]/g)].map(([, span]) => span))
const offsetsIn = (text: string) => unique([...text.matchAll(/offset (\d+[mhdw])/g)].map(([, span]) => span))
/** Without times and names. */
const numbersIn = (text: string) => {
  const bare = text.replace(/\[\d+[mhdw]\]|offset \d+[mhdw]|"[^"]*"|[a-zA-Z_:][\w:]*/g, ' ')
  return unique([...bare.matchAll(/\d+(\.\d+)?/g)].map(([digits]) => Number(digits)))
}
const labelsIn = (text: string) =>
  unique([...text.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(', '))).filter(
    (name) => name !== 'le',
  )

type Conditions = Extract<AlertDefinition['terms'], { kind: 'calls' }>['conditions']

const valuesOf = (conditions: Conditions): AlertValue[] =>
  conditions.flatMap(({ value, limit: { of } }) => (typeof of === 'number' ? [value] : [value, of]))

function numbersOf(conditions: Conditions): number[] {
  const limits = conditions.flatMap(({ limit: { of, times = 0, plus = 0 } }) => [
    typeof of === 'number' ? of : 0,
    times,
    plus,
  ])
  const quantiles = valuesOf(conditions).map(({ measure }) => (measure.kind === 'quantile' ? measure.quantile : 0))
  return [...limits, ...quantiles]
}

/** Names of the metrics that a value is read from. */
function metricsOf({ measure }: AlertValue): string[] {
  if (measure.kind === 'quantile') return [durations[measure.of].name]
  const of = [measure.of, ...(measure.kind === 'ratio' ? [measure.to] : [])]
  return of.map((name) => (amounts[name] satisfies AmountDefinition).metric.name)
}

const withoutZero = (numbers: readonly number[]) => unique(numbers.filter((number) => number !== 0))

describe('alerts of the catalogue', () => {
  test('are those of alerts.rules.yml, in its order', () => {
    expect(alerts.map(({ name }) => name)).toEqual(rules.map(({ alert }) => alert))
  })

  test.each(alerts.map((alert) => [alert.name, alert] as const))('%s quotes its rule', (name, alert) => {
    const rule = rules.find((one) => one.alert === name)
    expect(alert.severity).toBe(rule?.labels?.severity)
    expect(alert.for).toBe(rule?.for)
    expect(runbookOf(alert)).toBe(rule?.annotations?.runbook_url)
    const uids = dashboards.map(({ uid }) => uid)
    if (alert.dashboard !== null) expect(uids).toContain(alert.dashboard)
    const expr = writeOut(rule?.expr ?? '')
    if (alert.terms.kind === 'outbox') {
      expect(spansIn(expr)).toEqual([alert.terms.window])
      expect(withoutZero(numbersIn(expr))).toEqual([alert.terms.above])
    }
    if (alert.terms.kind === 'budgets') {
      expect(expr).toContain(`${selfMetrics.budgetPace.name} / 1e6 > ${selfMetrics.budgetLimit.name} / 1e6`)
    }
    if (alert.terms.kind !== 'calls') return
    const { conditions, by } = alert.terms
    const values = valuesOf(conditions)
    expect(spansIn(expr)).toEqual(unique(values.map(({ window }) => window)))
    // To see a new series Prometheus looks an hour back; the store needs not.
    const offsets = name === 'LlmUnpricedCalls' ? [] : offsetsIn(expr)
    expect(offsets).toEqual(unique(values.flatMap(({ offset }) => offset ?? [])))
    expect(withoutZero(numbersIn(expr))).toEqual(withoutZero(numbersOf(conditions)))
    expect(labelsIn(expr)).toEqual(unique(by.map((dimension) => dimensionLabels[dimension])))
    for (const metric of values.flatMap(metricsOf)) expect(expr).toContain(metric)
  })
})
