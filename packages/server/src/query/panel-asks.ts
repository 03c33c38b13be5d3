/**
 * What panels ask of the store, gathered: questions that differ in their measure alone are one question. Percentiles are
 * another: no sum answers them, and what is added up must not end with the calls that they come from.
 */
import type { AggregateRequest, AggregateSource, Dimension, Measure } from './aggregate-source.ts'

/** In microseconds since the Unix epoch. `sinceUs` null: since the first call that is kept. */
export interface Window {
  readonly sinceUs: number | null
  readonly untilUs: number
  readonly stepUs: number | null
}

/** Of one combination of values. `byTime` holds the answer of each step by its start; null where there are no steps. */
export interface AskedGroup {
  readonly key: readonly (string | null)[]
  readonly value: number | null
  readonly byTime: ReadonlyMap<number, number | null>
}

/** Readable after `run`; throws where the store did not answer. */
export type Pending = () => ReadonlyMap<string, AskedGroup>

export interface Asks {
  add(window: Window, by: readonly Dimension[], measure: Measure): Pending
  run(): Promise<void>
}

interface Question {
  readonly window: Window
  readonly by: readonly Dimension[]
  readonly measures: Measure[]
  answer: readonly Map<string, AskedGroup>[] | Error | null
}

/** More would be nothing that can be looked at, and what a browser chokes on. */
const rowsAtMost = 200_000

export function createAsks(store: AggregateSource, where: AggregateRequest['where']): Asks {
  const questions = new Map<string, Question>()
  return {
    add(window, by, measure) {
      const name = JSON.stringify([window, by, measure.kind === 'quantile'])
      const question: Question = questions.get(name) ?? { window, by, measures: [], answer: null }
      questions.set(name, question)
      const wanted = JSON.stringify(measure)
      const known = question.measures.findIndex((one) => JSON.stringify(one) === wanted)
      const index = known === -1 ? question.measures.push(measure) - 1 : known
      return () => {
        if (question.answer instanceof Error) throw question.answer
        const answer = question.answer?.[index]
        if (answer === undefined) throw new Error('BUG: an answer was read before it was asked for')
        return answer
      }
    },
    async run() {
      const asked = [...questions.values()].map(async (question) => {
        question.answer = await askOnce(question, { store, where }).catch((error: unknown) =>
          error instanceof Error ? error : new Error(String(error)),
        )
      })
      await Promise.all(asked)
    },
  }
}

async function askOnce(question: Question, to: { store: AggregateSource; where: AggregateRequest['where'] }) {
  const { by, measures, window } = question
  const rows = await to.store.aggregate({
    by,
    measures,
    where: to.where,
    ...window,
    orderBy: 0,
    limit: rowsAtMost,
  })
  const groups = measures.map(() => new Map<string, AskedGroup & { readonly byTime: Map<number, number | null> }>())
  for (const { key, timeUs, values } of rows) {
    const name = JSON.stringify(key)
    values.forEach((value, index) => {
      const group = groups[index]?.get(name) ?? { key, value: timeUs === null ? value : null, byTime: new Map() }
      groups[index]?.set(name, group)
      if (timeUs !== null) group.byTime.set(timeUs, value)
    })
  }
  return groups
}
