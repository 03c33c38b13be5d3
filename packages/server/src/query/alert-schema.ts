import Type, { type Static } from 'typebox'

const Comparison = Type.Union([Type.Literal('above'), Type.Literal('at_least'), Type.Literal('below')])

const Firing = Type.Object({
  state: Type.Union([Type.Literal('pending'), Type.Literal('firing')], {
    description: 'firing: it has gone on for as long as the rule waits',
  }),
  labels: Type.Record(Type.String(), Type.String(), { description: 'Of what: service_name, provider, model …' }),
  value: Type.Number({ description: 'Of the first condition' }),
  threshold: Type.Number({ description: 'What it is held against' }),
  conditions: Type.Array(
    Type.Object({ what: Type.String(), is: Comparison, value: Type.Number(), threshold: Type.Number() }),
    { description: 'All of them hold' },
  ),
})
export type FiringAnswer = Static<typeof Firing>

const Alert = Type.Object({
  name: Type.String({ description: 'As in alerts.rules.yml' }),
  severity: Type.Union([Type.Literal('page'), Type.Literal('ticket')]),
  summary: Type.String({ description: 'What is so while it fires' }),
  runbook: Type.String({ description: 'Path in the repository' }),
  for: Type.String({ description: 'How long it must go on before it fires' }),
  dashboard: Type.Union([Type.String(), Type.Null()], { description: 'Uid of the dashboard to look at' }),
  unit: Type.Union([Type.Literal('share'), Type.Literal('milliseconds'), Type.Literal('usd'), Type.Literal('count')]),
  window: Type.Union([Type.String(), Type.Null()], { description: 'The time that the value is of: 1h' }),
  state: Type.Union([Type.Literal('firing'), Type.Literal('pending'), Type.Literal('quiet'), Type.Literal('unknown')]),
  reason: Type.Union([Type.String(), Type.Null()], { description: 'Why it is not known, or what the rule waits for' }),
  firing: Type.Array(Firing),
})
export type AlertAnswer = Static<typeof Alert>

export const AlertsAnswer = Type.Object({
  as_of_ms: Type.Integer({ description: 'When it was judged, milliseconds since the Unix epoch' }),
  alerts: Type.Array(Alert),
})
export type AlertsAnswer = Static<typeof AlertsAnswer>
