/** The check of `inferometer config check`, with the series that the tests know of. */
import {
  type KnownSeries,
  listKnownSeries,
  listPromqlProblems as listProblems,
} from '../../packages/cli/src/config-check/promql.ts'

const catalogue = listKnownSeries([])

/** What in the expression is no PromQL, no metric, or no label of the metrics it is used with. */
export function listPromqlProblems(promql: string, recorded: KnownSeries = new Map()): readonly string[] {
  return listProblems(promql, new Map([...catalogue, ...recorded]))
}
