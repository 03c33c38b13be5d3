import Type, { type Static } from 'typebox'
import type { RestApp } from '../api.ts'

const Address = Type.Union([Type.String(), Type.Null()])

export const AboutAnswer = Type.Object({
  version: Type.String(),
  content: Type.Enum(['off', 'redacted', 'full'], { description: 'What is kept of prompts, answers and errors' }),
  config_dir: Type.String({ description: 'Folder of model_prices.yaml and patterns.yaml' }),
  retention_days: Type.Integer(),
  ports: Type.Object({
    api: Type.Integer(),
    otlp_http: Type.Integer(),
    otlp_grpc: Type.Integer(),
    metrics: Type.Integer(),
  }),
  forward: Type.Object(
    { traces: Address, logs: Address, metrics: Address },
    { description: 'Where calls are forwarded to; null: nowhere' },
  ),
})
export type AboutAnswer = Static<typeof AboutAnswer>

/** GET /v1/about: what somebody must know of this server to send calls to it, or to find out why something is not kept. */
export function addAboutRoutes(app: RestApp, describe: () => AboutAnswer): void {
  app.get(
    '/v1/about',
    {
      schema: {
        tags: ['metrics'],
        summary: 'Version, ports and policies of this server',
        response: { 200: AboutAnswer },
      },
    },
    async () => describe(),
  )
}
