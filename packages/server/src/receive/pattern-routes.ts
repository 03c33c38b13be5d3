import Type from 'typebox'
import type { RestApp } from '../api.ts'
import { PatternsAnswer } from '../api-files.ts'

/** GET /v1/patterns. `list` answers in the shape of `PatternsAnswer`. */
export function addPatternRoutes(app: RestApp, list: () => unknown): void {
  app.get(
    '/v1/patterns',
    {
      schema: {
        tags: ['text'],
        summary: 'The patterns in force, with their examples and where they come from',
        response: { 200: Type.Unsafe<unknown>(PatternsAnswer) },
      },
    },
    async () => list(),
  )
}
