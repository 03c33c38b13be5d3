import type { Static } from 'typebox'
import { ErrorAnswer, HealthAnswer, InitAnswer, InitBody, type RestApp } from '../api.ts'
import { Refusal } from '../errors.ts'
import type { MetricsEndpoint } from './metrics-endpoint.ts'

export interface HealthSource {
  readonly endpoint: MetricsEndpoint
  readonly metricsPort: number
  cardinality(): { readonly series: number; readonly seriesLimit: number }
  storeState(): Static<typeof HealthAnswer>['store']
  forwardState(): Static<typeof HealthAnswer>['forward']
}

const tags = ['metrics']

/** POST /v1/metrics/init and GET /v1/metrics/health. */
export function addHealthRoutes(app: RestApp, source: HealthSource): void {
  const { endpoint } = source
  app.post(
    '/v1/metrics/init',
    {
      // No body asks for the configured port.
      preValidation: async (request) => {
        request.body ??= {}
      },
      schema: {
        tags,
        summary: 'Serve /metrics at a port; asking for the same port again changes nothing',
        body: InitBody,
        response: { 200: InitAnswer, 400: ErrorAnswer, 409: ErrorAnswer },
      },
    },
    async ({ body }) => {
      const opened = await endpoint.open(body.port ?? source.metricsPort)
      if (!opened.ok) throw new Refusal('port_conflict', opened.message)
      return { initialized: true, message: opened.message }
    },
  )
  app.get(
    '/v1/metrics/health',
    {
      schema: { tags, summary: 'State of the server; needs no API key', security: [], response: { 200: HealthAnswer } },
    },
    async () => {
      const { series, seriesLimit } = source.cardinality()
      const lastScrape = endpoint.lastScrapeMs()
      return {
        initialized: endpoint.port() !== null,
        message: endpoint.describe(),
        last_scrape: lastScrape === null ? null : new Date(lastScrape).toISOString(),
        series,
        series_limit: seriesLimit,
        store: source.storeState(),
        forward: source.forwardState(),
      }
    },
  )
}
