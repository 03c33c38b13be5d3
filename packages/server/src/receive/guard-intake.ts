/** What one caller may bring in: the calls of its services, as many a second as its key allows. */
import { attribute } from '@inferometer/core/attributes'
import { unknownLabel } from '@inferometer/core/call'
import type { DecodedLogs, DecodedTraces } from '@inferometer/core/otlp/decode-limits'
import type { Attributes } from '@inferometer/core/otlp/model'
import type { Intake, IntakeResult, RejectedSpan, Way } from './intake.ts'
import { type Caller, everybody } from './keyring.ts'

type Refused = Extract<IntakeResult, { kind: 'refused' }>

export function guardIntake(intake: Intake, caller: Caller): Intake {
  if (caller === everybody) return intake
  const refuseOver = (count: number, way: Way): Refused | null => {
    const retryAfterSeconds = count === 0 ? null : caller.takeCalls(count)
    if (retryAfterSeconds === null) return null
    intake.countRefused(way, { reason: 'rate_limited', count })
    return { kind: 'refused', code: 'rate_limited', retryAfterSeconds }
  }
  return {
    ...intake,
    checkRecord(record) {
      const problems = intake.checkRecord(record)
      if (caller.mayRecord(record.service_name)) return problems
      return [...problems, { path: 'service_name', message: describeForeign(record.service_name, caller) }]
    },
    checkSpan(span) {
      const problems = intake.checkSpan(span)
      const service = nameService(span.service_name, span.resource, span.attributes)
      if (caller.mayRecord(service)) return problems
      return [...problems, { path: 'service_name', message: describeForeign(service, caller) }]
    },
    recordAll: async (records) => refuseOver(records.length, 'rest') ?? intake.recordAll(records),
    takeSpans: async (spans) => refuseOver(spans.length, 'rest') ?? intake.takeSpans(spans),
    takeTraces(traces, way) {
      const refused = refuseOver(countSpans(traces), way)
      if (refused !== null) return { rejected: [], result: Promise.resolve(refused) }
      const { own, foreign } = sortTraces(traces, caller)
      for (const { reason } of foreign) intake.countRefused(way, { reason, count: 1 })
      const { rejected, result } = intake.takeTraces(own, way)
      return { rejected: [...foreign, ...rejected], result }
    },
    async takeLogs(logs, way) {
      const { own, foreignCount } = sortLogs(logs, caller)
      if (foreignCount > 0) intake.countRefused(way, { reason: 'service_not_allowed', count: foreignCount })
      const taken = await intake.takeLogs(own, way)
      return taken.kind === 'refused' ? taken : { ...taken, ignoredCount: taken.ignoredCount + foreignCount }
    },
  }
}

function describeForeign(service: string, { name }: Caller): string {
  return `${JSON.stringify(service)} is no service that the API key ${JSON.stringify(name)} may record`
}

function countSpans({ resourceSpans }: DecodedTraces): number {
  let count = 0
  for (const { scopeSpans } of resourceSpans) for (const { spans } of scopeSpans) count += spans.length
  return count
}

/** The name under which what has these attributes is recorded: the resource's, else its own. */
function readService(resource: Attributes, own: Attributes): string {
  return nameOf([resource.get(attribute.serviceName), own.get(attribute.serviceName)])
}

type PlainAttributes = Readonly<Record<string, unknown>> | null | undefined

function nameService(given: unknown, resource: PlainAttributes, own: PlainAttributes): string {
  return nameOf([given, resource?.[attribute.serviceName], own?.[attribute.serviceName]])
}

function nameOf(candidates: readonly unknown[]): string {
  return candidates.find((name): name is string => typeof name === 'string' && name !== '') ?? unknownLabel
}

function sortTraces(traces: DecodedTraces, caller: Caller) {
  const foreign: RejectedSpan[] = []
  const isOwn = (resource: Attributes, span: Attributes) => {
    const service = readService(resource, span)
    if (caller.mayRecord(service)) return true
    foreign.push({ reason: 'service_not_allowed', message: describeForeign(service, caller) })
    return false
  }
  const resourceSpans = traces.resourceSpans.map((group) => ({
    ...group,
    scopeSpans: group.scopeSpans.map((scope) => ({
      ...scope,
      spans: scope.spans.filter(({ attributes }) => isOwn(group.resource.attributes, attributes)),
    })),
  }))
  return { own: foreign.length === 0 ? traces : { ...traces, resourceSpans }, foreign }
}

function sortLogs(logs: DecodedLogs, caller: Caller) {
  let foreignCount = 0
  const isOwn = (resource: Attributes, record: Attributes) => {
    if (caller.mayRecord(readService(resource, record))) return true
    foreignCount++
    return false
  }
  const resourceLogs = logs.resourceLogs.map((group) => ({
    ...group,
    scopeLogs: group.scopeLogs.map((scope) => ({
      ...scope,
      logRecords: scope.logRecords.filter(({ attributes }) => isOwn(group.resource.attributes, attributes)),
    })),
  }))
  return { own: foreignCount === 0 ? logs : { ...logs, resourceLogs }, foreignCount }
}
