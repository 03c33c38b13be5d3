/** One dashboard of Grafana: what it needs to be loaded, to be found and to be read. */
import type { Finding } from './finding.ts'
import { type KnownSeries, listPromqlProblems } from './promql.ts'
import { listAt, type Path, valueAt, type YamlSource } from './yaml-source.ts'

export function checkDashboard(source: YamlSource, known: KnownSeries): readonly Finding[] {
  const { value } = source
  const panels = listPanels(value, [])
  return [
    ...checkHead(source),
    ...(panels.length === 0 ? [source.find(['panels'], 'must list at least one panel')] : []),
    ...checkPlaces(source, panels),
    ...panels.flatMap((placed) => checkPanel(placed, { source, known })),
    ...checkVariables(source, known),
  ]
}

/** Grafana cuts longer ones and makes addresses of them. */
const uidForm = /^[\w-]{1,40}$/

function checkHead(source: YamlSource): readonly Finding[] {
  const uid = valueAt(source.value, ['uid'])
  const title = valueAt(source.value, ['title'])
  return [
    ...(typeof uid === 'string' && uidForm.test(uid)
      ? []
      : [source.find(['uid'], 'must be text of at most 40 letters, digits, - and _')]),
    ...(isText(title) ? [] : [source.find(['title'], 'must be text')]),
  ]
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

interface PlacedPanel {
  readonly path: Path
  readonly panel: unknown
}

/** Panels of rows among them. */
function listPanels(value: unknown, path: Path): readonly PlacedPanel[] {
  return listAt(value, ['panels']).flatMap((panel, at) => {
    const here = [...path, 'panels', at]
    return [{ path: here, panel }, ...listPanels(panel, here)]
  })
}

/** Ids that are there twice make Grafana mix panels up; places that overlap make it move them. */
function checkPlaces(source: YamlSource, panels: readonly PlacedPanel[]): readonly Finding[] {
  const ids = new Map<unknown, Path>()
  const taken = new Set<string>()
  return panels.flatMap(({ path, panel }) => {
    const id = valueAt(panel, ['id'])
    const first = ids.get(id)
    ids.set(id, first ?? path)
    const cells = listCells(panel)
    const isFree = cells?.every((cell) => !taken.has(cell)) ?? true
    for (const cell of cells ?? []) taken.add(cell)
    return [
      ...(Number.isInteger(id) ? [] : [source.find([...path, 'id'], 'must be a whole number')]),
      ...(first === undefined ? [] : [source.find([...path, 'id'], `${id} is also that of ${first.join('.')}`)]),
      ...(cells === null ? [source.find([...path, 'gridPos'], 'must have x, y, w and h within 24 columns')] : []),
      ...(isFree ? [] : [source.find([...path, 'gridPos'], 'lies over another panel')]),
    ]
  })
}

const columns = 24

/** The cells of the grid that a panel takes, or null where its place is none. */
function listCells(panel: unknown): readonly string[] | null {
  const [x, y, w, h] = ['x', 'y', 'w', 'h'].map((name) => Number(valueAt(panel, ['gridPos', name]) ?? Number.NaN))
  if (x === undefined || y === undefined || w === undefined || h === undefined) return null
  if (![x, y, w, h].every(Number.isInteger) || x < 0 || y < 0 || w < 1 || h < 1 || x + w > columns || h > 1_000)
    return null
  return Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`)
}

interface PanelContext {
  readonly source: YamlSource
  readonly known: KnownSeries
}

/** What shows no answers of a data source. */
const withoutQueries = ['row', 'text', 'dashlist', 'news']

function checkPanel({ path, panel }: PlacedPanel, { source, known }: PanelContext): readonly Finding[] {
  const findings: Finding[] = []
  const find = (step: Path, message: string) => findings.push(source.find([...path, ...step], message))
  const type = valueAt(panel, ['type'])
  if (!isText(type)) find(['type'], 'must be text, such as timeseries')
  if (!isText(valueAt(panel, ['title']))) find(['title'], 'must be text')
  if (withoutQueries.includes(String(type))) return findings
  if (!isText(valueAt(panel, ['fieldConfig', 'defaults', 'unit'])))
    find(
      ['fieldConfig'],
      "needs defaults.unit: a number without one can be read wrongly ('none' says that there is none)",
    )
  const targets = listAt(panel, ['targets'])
  if (targets.length === 0) find(['targets'], 'must list at least one query')
  const refIds = new Set<unknown>()
  targets.forEach((target, at) => {
    const refId = valueAt(target, ['refId'])
    if (!isText(refId)) find(['targets', at, 'refId'], 'must be text, such as A')
    else if (refIds.has(refId)) find(['targets', at, 'refId'], `'${refId}' is also that of another query of the panel`)
    refIds.add(refId)
    const missing = missingSource(source.value, valueAt(target, ['datasource']) ?? valueAt(panel, ['datasource']))
    if (missing !== null) find(['targets', at, 'datasource'], missing)
    const expr = valueAt(target, ['expr'])
    if (expr !== undefined && !isText(expr)) find(['targets', at, 'expr'], 'must be PromQL')
    if (isText(expr)) for (const problem of listPromqlProblems(expr, known)) find(['targets', at, 'expr'], problem)
  })
  return findings
}

/** Null where a query says whom it asks, and a variable that it names is there. */
function missingSource(dashboard: unknown, datasource: unknown): string | null {
  const uid = valueAt(datasource, ['uid'])
  if (!isText(uid)) return "needs 'uid', of a data source or of a variable such as ${datasource}"
  const variable = /^\$\{?(\w+)\}?$/.exec(uid)?.[1]
  if (variable === undefined) return null
  const isThere = listAt(dashboard, ['templating', 'list']).some((one) => valueAt(one, ['name']) === variable)
  return isThere ? null : `names the variable '${variable}', which the dashboard does not have`
}

/** `label_values(metric, label)` of the variables, wherever Grafana keeps its text. */
function checkVariables(source: YamlSource, known: KnownSeries): readonly Finding[] {
  return listAt(source.value, ['templating', 'list']).flatMap((variable, at) =>
    listTexts(variable, ['templating', 'list', at]).flatMap(({ path, text }) => {
      const inner = /^label_values\((.*),\s*\w+\s*\)$/s.exec(text)?.[1]
      return inner === undefined ? [] : listPromqlProblems(inner, known).map((problem) => source.find(path, problem))
    }),
  )
}

function listTexts(value: unknown, path: Path): readonly { readonly path: Path; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    listTexts(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}
