/** What may be spent, from budgets.yaml, which is reloaded when it changes; and what was spent of it, from the store. */
import type { ConfigProblem } from '@inferometer/core/config-problem'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { openLiveFile, type Parsed, type ReloadResult } from './enrich/live-file.ts'
import { readYaml } from './enrich/yaml-file.ts'
import { listProblems } from './problems.ts'
import type { Dimension } from './store/aggregate.ts'
import type { CallStore } from './store/store.ts'

const Value = Type.Optional(Type.String({ minLength: 1, maxLength: 1_024 }))
const budgetSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    limit_usd: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000_000 }),
    period: Type.Enum(['day', 'month']),
    per: Type.Optional(Type.Enum(['service_name', 'user_id', 'session_id'])),
    service_name: Value,
    user_id: Value,
    session_id: Value,
    provider: Value,
    model: Value,
  },
  { additionalProperties: false },
)
const fileSchema = Type.Object(
  { budgets: Type.Array(budgetSchema, { maxItems: 1_000 }) },
  { additionalProperties: false },
)
const validator = Compile(fileSchema)

export type Budget = Static<typeof budgetSchema>

export interface BudgetFileOptions {
  /** Null: there is no such file, and no budget. */
  readonly file: string | null
  readonly watch: boolean
  readonly onReload: (result: ReloadResult) => void
}

/** Throws `Cannot load budgets …` with every problem and its line when the file is bad. */
export function openBudgetFile({ file, watch, onReload }: BudgetFileOptions) {
  return openLiveFile<readonly Budget[]>({
    what: 'budgets',
    file,
    watch,
    onReload,
    parse: parseBudgets,
    versionOf: (budgets) => `${budgets.length} budgets`,
  })
}

export function parseBudgets(text: string): Parsed<readonly Budget[]> {
  const yaml = readYaml(text)
  if (!yaml.ok) return yaml
  const { value } = yaml
  if (value === null || value === undefined) return { ok: true, value: [] }
  if (!validator.Check(value)) {
    const problems = listProblems(validator, value).map(({ path, message }) => ({ path: toSteps(path), message }))
    return { ok: false, problems: yaml.locate(problems) }
  }
  const doubles = value.budgets.flatMap(({ name }, index): ConfigProblem[] => {
    const first = value.budgets.findIndex((budget) => budget.name === name)
    return first === index
      ? []
      : [{ path: ['budgets', index, 'name'], message: `is that of budgets[${first}] as well` }]
  })
  return doubles.length > 0 ? { ok: false, problems: yaml.locate(doubles) } : { ok: true, value: value.budgets }
}

/** `budgets[3].name` as steps. */
function toSteps(path: string): ConfigProblem['path'] {
  return [...path.matchAll(/[^.[\]]+/g)].map(([step]) => (/^\d+$/.test(step) ? Number(step) : step))
}

/** What one budget's calls, or those of one of its values, have cost in the period. */
export interface Spending {
  /** Null: the whole budget, or calls without a value. */
  readonly value: string | null
  readonly spentNanoUsd: number
  /** What it will be at the end of the period if it goes on like this. */
  readonly paceNanoUsd: number
}

export interface BudgetState {
  readonly budget: Budget
  readonly startMs: number
  readonly endMs: number
  /** The greatest first; without `per` one, also when nothing was spent. */
  readonly spendings: readonly Spending[]
}

const dimensionOf = {
  service_name: 'serviceName',
  user_id: 'userId',
  session_id: 'sessionId',
  provider: 'provider',
  model: 'model',
} as const satisfies Record<string, Dimension>
const filterNames = ['service_name', 'user_id', 'session_id', 'provider', 'model'] as const

/** Values of one budget that are told of. */
const mostValues = 1_000
const usPerMs = 1_000

/** A busy first morning, or week, says little about the rest: so much of a period counts as passed at least. */
const leastShare = 1 / 4

export interface BudgetMoment {
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number
  /** Whether there may be calls after it, which do not count. */
  readonly isPast: boolean
}

export async function readBudget(
  store: Pick<CallStore, 'aggregate'>,
  budget: Budget,
  { nowMs, isPast }: BudgetMoment,
): Promise<BudgetState> {
  const [startMs, endMs] = periodOf(budget.period, nowMs)
  const where = filterNames.flatMap((name) => {
    const value = budget[name]
    return value === undefined ? [] : [{ dimension: dimensionOf[name], oneOf: [value] }]
  })
  const rows = await store.aggregate({
    measures: [{ kind: 'amount', of: 'costNanoUsd' }],
    by: budget.per === undefined ? [] : [dimensionOf[budget.per]],
    where,
    sinceUs: startMs * usPerMs,
    untilUs: (isPast ? nowMs : endMs) * usPerMs,
    stepUs: null,
    orderBy: 0,
    limit: mostValues,
  })
  const passed = Math.max((nowMs - startMs) / (endMs - startMs), leastShare)
  const tell = (value: string | null, spentNanoUsd: number): Spending => ({
    value,
    spentNanoUsd,
    paceNanoUsd: spentNanoUsd / passed,
  })
  const found = rows.map(({ key, values }) => tell(key[0] ?? null, values[0] ?? 0))
  const spendings = found.length === 0 && budget.per === undefined ? [tell(null, 0)] : found
  return { budget, startMs, endMs, spendings }
}

/** Days and months of UTC. */
function periodOf(period: Budget['period'], nowMs: number): readonly [startMs: number, endMs: number] {
  const now = new Date(nowMs)
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()]
  if (period === 'day') return [Date.UTC(year, month, day), Date.UTC(year, month, day + 1)]
  return [Date.UTC(year, month), Date.UTC(year, month + 1)]
}
