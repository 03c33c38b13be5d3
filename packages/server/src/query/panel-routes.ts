import type { PanelAnswer, ShownDashboard, ShownPanel } from '@inferometer/core/panels/answer'
import type { PanelTerms } from '@inferometer/core/panels/terms'
import Type, { type Static } from 'typebox'
import { ErrorAnswer, type RestApp } from '../api.ts'
import { type Problem, Refusal } from '../errors.ts'
import { type AskedPanel, answerPanels, type PanelRange, type PanelSource } from './answer-panels.ts'
import type { DashboardFiles } from './dashboard-files.ts'
import { parseDurationMs, parseTimeUs } from './parse-time.ts'
import { QueryBody } from './query-schema.ts'
import { toConditions } from './to-request.ts'

export interface PanelRoutesOptions {
  readonly store: PanelSource
  readonly dashboards: DashboardFiles
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
}

const time = (description: string) => Type.String({ maxLength: 40, description })

const PanelsBody = Type.Object(
  {
    dashboard: Type.String({ maxLength: 200, description: 'Its uid, as GET /v1/dashboards lists it' }),
    panels: Type.Optional(
      Type.Array(Type.String({ maxLength: 200 }), { maxItems: 200, description: 'Ids; without them all panels' }),
    ),
    since: time('Calls that began then or later: ISO 8601, or so long ago: 6h'),
    until: Type.Optional(time('Calls that began before, in the same forms. Default: now')),
    today: Type.Optional(time("The viewer's midnight, for panels of today. Default: midnight UTC")),
    step: Type.Optional(
      Type.String({
        pattern: '^[1-9][0-9]{0,5}[smhd]$',
        description: 'How far apart points lie. Default: by the range',
      }),
    ),
    filters: QueryBody.properties.filters,
  },
  { additionalProperties: false },
)
type PanelsBody = Static<typeof PanelsBody>

/** The types in core/panels/answer say what they hold. */
const DashboardsAnswer = Type.Object({ dashboards: Type.Array(Type.Unsafe<ShownDashboard>({ type: 'object' })) })
const PanelsAnswer = Type.Object({ panels: Type.Array(Type.Unsafe<PanelAnswer>({ type: 'object' })) })

const tags = ['dashboards']

/** GET /v1/dashboards and POST /v1/panels/query. */
export function addPanelRoutes(app: RestApp, { store, dashboards, now }: PanelRoutesOptions): void {
  app.get(
    '/v1/dashboards',
    {
      schema: {
        tags,
        summary: 'The dashboards and their panels, with what was edited in their files',
        response: { 200: DashboardsAnswer },
      },
    },
    async () => ({ dashboards: [...(await dashboards.list())] }),
  )
  app.post(
    '/v1/panels/query',
    {
      schema: {
        tags,
        summary: 'What the panels of a dashboard show, from the recorded calls',
        body: PanelsBody,
        response: { 200: PanelsAnswer, 400: ErrorAnswer, 404: ErrorAnswer },
      },
    },
    async ({ body }) => {
      const dashboard = (await dashboards.list()).find(({ uid }) => uid === body.dashboard)
      if (dashboard === undefined) throw new Refusal('not_found', `there is no dashboard ${body.dashboard}`)
      const range = readRange(body, now())
      const wanted = dashboard.panels.filter(({ id }) => body.panels?.includes(id) ?? true)
      const where = toConditions(body.filters ?? {})
      return { panels: [...(await answerPanels(wanted.map(toAsked), { store, range, where }))] }
    },
  )
}

function toAsked({ id, kind, period, examples, queries }: ShownPanel): AskedPanel {
  const answerable = queries.filter(({ terms }) => terms !== null)
  return {
    id,
    kind,
    period,
    exemplars: examples,
    // They come from the catalogue alone.
    queries: answerable.map(({ legend, terms }) => ({ legend, terms: terms as PanelTerms })),
  }
}

const usPerMs = 1_000
const dayUs = 86_400_000_000
const stepsAtMost = 2_000
const stepsByDefault = 180

function readRange(body: PanelsBody, nowMs: number): PanelRange {
  const problems: Problem[] = []
  const refuse = (path: string, message: string): number => {
    problems.push({ path, message })
    return 0
  }
  const readTime = (path: 'since' | 'until' | 'today', byDefault: number) => {
    const text = body[path]
    if (text === undefined) return byDefault
    return parseTimeUs(text, nowMs) ?? refuse(path, 'must be ISO 8601 with Z or an offset, or a time ago such as 24h')
  }
  const untilUs = readTime('until', nowMs * usPerMs)
  const sinceUs = readTime('since', 0)
  const todayUs = readTime('today', Math.floor((nowMs * usPerMs) / dayUs) * dayUs)
  if (problems.length === 0 && sinceUs >= untilUs) refuse('until', 'must be later than since')
  const given = body.step === undefined ? null : parseDurationMs(body.step)
  const stepUs = given === null ? chooseStepUs(untilUs - sinceUs) : given * usPerMs
  if (problems.length === 0 && (untilUs - sinceUs) / stepUs > stepsAtMost)
    refuse('step', `must be longer: more than ${stepsAtMost} points`)
  if (problems.length > 0) throw new Refusal('invalid_request', null, { problems })
  return { sinceUs, untilUs, stepUs, todayUs }
}

const minuteUs = 60_000_000

function chooseStepUs(rangeUs: number): number {
  return Math.max(1, Math.ceil(rangeUs / stepsByDefault / minuteUs)) * minuteUs
}
