import Type from 'typebox'
import { ErrorAnswer, type RestApp } from '../api.ts'
import {
  SpanBody as OneSpan,
  type SpanBody,
  SpansAnswer,
  SpansBody,
  SpansQuery,
  spansValidator,
  spanValidator,
} from '../api-spans.ts'
import { describeProblems, type Problem, Refusal } from '../errors.ts'
import { listProblems } from '../problems.ts'
import { guardIntake } from './guard-intake.ts'
import { type Intake, toRefusal } from './intake.ts'
import { compileQueryValidator } from './validate.ts'

const problemsAtMost = 100

export interface SpanRoutesOptions {
  readonly intake: Intake
  readonly spansPerRequest: number
}

/** POST /v1/spans: one span, or `{"spans": […]}`. */
export function addSpanRoutes(app: RestApp, options: SpanRoutesOptions): void {
  const { spansPerRequest } = options
  app.post(
    '/v1/spans',
    {
      schema: {
        tags: ['calls'],
        summary:
          'Take spans of any dialect as plain JSON: all of them or none, or with partial=true all that are valid',
        body: Type.Union([OneSpan, SpansBody]),
        querystring: SpansQuery,
        response: {
          200: SpansAnswer,
          400: ErrorAnswer,
          401: ErrorAnswer,
          413: ErrorAnswer,
          429: ErrorAnswer,
          503: ErrorAnswer,
        },
      },
      // The spans are validated one by one below: a union of both forms would name no path.
      validatorCompiler: compileQueryValidator,
    },
    async (request) => {
      const intake = guardIntake(options.intake, request.caller)
      const isBatch = typeof request.body === 'object' && request.body !== null && 'spans' in request.body
      const spans = isBatch ? readBatch(request.body, spansPerRequest) : [request.body]
      const { good, rejected } = sortSpans(spans, { intake, isBatch })
      if (rejected.length > 0 && request.query.partial !== true) throw refuseInvalid(rejected, spans.length)
      if (rejected.length > 0) intake.countRefused('rest', { reason: 'invalid_request', count: rejected.length })
      const taken = await intake.takeSpans(good)
      if (taken.kind === 'refused') throw toRefusal(taken)
      return {
        accepted_count: good.length,
        recorded_count: taken.calls.length - taken.duplicates.length,
        duplicate_count: taken.duplicates.length,
        ...(rejected.length > 0 && { rejected: rejected.slice(0, problemsAtMost) }),
      }
    },
  )
}

function readBatch(body: unknown, spansPerRequest: number): readonly unknown[] {
  if (!spansValidator.Check(body)) {
    const problems = listProblems(spansValidator, body)
    throw new Refusal('invalid_request', describeProblems(problems), { problems })
  }
  const { length } = body.spans
  if (length > spansPerRequest)
    throw new Refusal('too_many_spans', `${length} of at most ${spansPerRequest}`, { callCount: length })
  return body.spans
}

interface Rejected {
  readonly index: number
  readonly problems: Problem[]
}

function sortSpans(spans: readonly unknown[], { intake, isBatch }: { intake: Intake; isBatch: boolean }) {
  const good: SpanBody[] = []
  const rejected: Rejected[] = []
  spans.forEach((span, index) => {
    const isSpan = spanValidator.Check(span)
    const problems = isSpan ? intake.checkSpan(span) : listProblems(spanValidator, span)
    if (isSpan && problems.length === 0) good.push(span)
    else
      rejected.push({ index, problems: isBatch ? problems.map((problem) => placeInBatch(problem, index)) : problems })
  })
  return { good, rejected }
}

function placeInBatch({ path, message }: Problem, index: number): Problem {
  return { path: path === '' ? `spans[${index}]` : `spans[${index}].${path}`, message }
}

function refuseInvalid(rejected: readonly Rejected[], callCount: number): Refusal {
  const problems = rejected.flatMap((each) => each.problems)
  const first = problems.slice(0, problemsAtMost)
  const more = problems.length - first.length
  const detail = describeProblems(first) + (more > 0 ? `; and ${more} more` : '')
  return new Refusal('invalid_request', detail, { problems: first, callCount })
}
