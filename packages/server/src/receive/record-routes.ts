import type { LlmCall } from '@inferometer/core/call'
import Type from 'typebox'
import {
  ErrorAnswer,
  RecordAnswer,
  RecordBatchAnswer,
  RecordBatchBody,
  RecordBody,
  type RestApp,
  recordBatchValidator,
  recordValidator,
} from '../api.ts'
import { describeProblems, type Problem, Refusal } from '../errors.ts'
import { listProblems } from '../problems.ts'
import { guardIntake } from './guard-intake.ts'
import { type Intake, toRefusal } from './intake.ts'
import { compileQueryValidator } from './validate.ts'

const nanoUsdPerMicro = 1_000
const problemsAtMost = 100
const tags = ['calls']
const errors = {
  400: ErrorAnswer,
  401: ErrorAnswer,
  403: ErrorAnswer,
  413: ErrorAnswer,
  429: ErrorAnswer,
  503: ErrorAnswer,
}

export interface RecordRoutesOptions {
  readonly intake: Intake
  readonly spansPerRequest: number
  readonly findCall: (traceId: string, spanId: string) => Promise<LlmCall | null>
}

/** POST /v1/metrics/record and /v1/metrics/record-batch. */
export function addRecordRoutes(app: RestApp, options: RecordRoutesOptions): void {
  app.post(
    '/v1/metrics/record',
    { schema: { tags, summary: 'Record one call', body: RecordBody, response: { 200: RecordAnswer, ...errors } } },
    async (request, reply) => {
      const intake = guardIntake(options.intake, request.caller)
      const problems = intake.checkRecord(request.body)
      if (problems.length > 0) throw refuseInvalid(problems)
      const { calls, duplicates } = await recordAll(intake, [request.body])
      const [call] = calls
      if (!call) throw new Error('BUG: a recorded call has no outcome')
      reply.header('location', `/v1/calls/${call.traceId}/${call.spanId}`)
      if (duplicates.length === 0) return toRecordAnswer(call)
      // What was recorded first is what holds.
      const first = await options.findCall(call.traceId, call.spanId)
      return { ...toRecordAnswer(first ?? call), duplicate: true }
    },
  )
  app.post(
    '/v1/metrics/record-batch',
    {
      schema: {
        tags,
        summary: 'Record many calls: all of them or none, or with partial=true all that are valid',
        body: RecordBatchBody,
        querystring: Type.Object({ partial: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
        response: { 200: RecordBatchAnswer, ...errors },
      },
      // The records are validated one by one below, so that good ones can be taken without the bad.
      validatorCompiler: compileQueryValidator,
    },
    async (request) => {
      const intake = guardIntake(options.intake, request.caller)
      const spans = readSpans(request.body, options.spansPerRequest)
      const sorted = sortRecords(spans, intake)
      if (sorted.rejected.length > 0 && request.query.partial !== true)
        throw refuseInvalid(
          sorted.rejected.flatMap(({ problems }) => problems),
          spans.length,
        )
      const { calls, duplicates } = sorted.good.length === 0 ? nothing : await recordAll(intake, sorted.good)
      if (sorted.rejected.length > 0)
        intake.countRefused('rest', { reason: 'invalid_request', count: sorted.rejected.length })
      return toBatchAnswer(
        { recorded: calls.length - duplicates.length, duplicates: duplicates.length },
        sorted.rejected,
      )
    },
  )
}

function refuseInvalid(problems: readonly Problem[], callCount = 1): Refusal {
  const first = problems.slice(0, problemsAtMost)
  const more = problems.length - first.length
  const detail = describeProblems(first) + (more > 0 ? `; and ${more} more` : '')
  return new Refusal('invalid_request', detail, { problems: first, callCount })
}

const nothing = { calls: [], duplicates: [] } as const

async function recordAll(intake: Intake, records: readonly RecordBody[]) {
  const result = await intake.recordAll(records)
  if (result.kind === 'refused') throw toRefusal(result)
  return result
}

function readSpans(body: unknown, spansPerRequest: number): readonly unknown[] {
  if (!recordBatchValidator.Check(body)) throw refuseInvalid(listProblems(recordBatchValidator, body))
  if (body.spans.length > spansPerRequest)
    throw new Refusal('too_many_spans', `${body.spans.length} of at most ${spansPerRequest}`, {
      callCount: body.spans.length,
    })
  return body.spans
}

interface RejectedRecord {
  readonly index: number
  readonly problems: Problem[]
}

function sortRecords(spans: readonly unknown[], intake: Intake) {
  const good: RecordBody[] = []
  const rejected: RejectedRecord[] = []
  spans.forEach((span, index) => {
    const problems = recordValidator.Check(span) ? intake.checkRecord(span) : listProblems(recordValidator, span)
    if (recordValidator.Check(span) && problems.length === 0) good.push(span)
    else rejected.push({ index, problems: problems.map((problem) => placeInBatch(problem, index)) })
  })
  return { good, rejected }
}

function placeInBatch({ path, message }: Problem, index: number): Problem {
  return { path: path === '' ? `spans[${index}]` : `spans[${index}].${path}`, message }
}

function toRecordAnswer(call: LlmCall) {
  return { recorded: true, cost_usd_micro: toMicroUsd(call), price_version: call.priceVersion }
}

function toMicroUsd({ costNanoUsd }: LlmCall): number | null {
  return costNanoUsd === null ? null : costNanoUsd / nanoUsdPerMicro
}

interface BatchCounts {
  readonly recorded: number
  readonly duplicates: number
}

function toBatchAnswer({ recorded, duplicates }: BatchCounts, rejected: readonly RejectedRecord[]) {
  return {
    recorded_count: recorded,
    ...(duplicates > 0 && { duplicate_count: duplicates }),
    ...(rejected.length > 0 && { rejected: rejected.slice(0, problemsAtMost) }),
  }
}
