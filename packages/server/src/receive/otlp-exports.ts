/** What every OTLP transport does with an export, whatever way its message came. */
import { DecodeError } from '@inferometer/core/otlp/decode-error'
import type { DecodeReport } from '@inferometer/core/otlp/decode-limits'
import { decodeLogs, decodeLogsJson } from '@inferometer/core/otlp/logs'
import { countMetricDataPoints, countMetricDataPointsJson } from '@inferometer/core/otlp/metrics'
import type { PartialSuccess } from '@inferometer/core/otlp/model'
import type { RpcStatus } from '@inferometer/core/otlp/response'
import { decodeTraces, decodeTracesJson } from '@inferometer/core/otlp/traces'
import type { Limits } from '../config.ts'
import { Refusal } from '../errors.ts'
import { guardIntake } from './guard-intake.ts'
import { type Intake, type RejectedSpan, toRefusal, type Way } from './intake.ts'
import type { Caller } from './keyring.ts'

/** A message as it came: protobuf, or JSON text. */
export type OtlpBody = Uint8Array | string

export interface OtlpExports {
  /** Traces and logs are answered after the commit. All three throw a Refusal when nothing of the message was taken. */
  traces(body: OtlpBody, caller: Caller): Promise<PartialSuccess>
  logs(body: OtlpBody, caller: Caller): Promise<PartialSuccess>
  metrics(body: OtlpBody): PartialSuccess
}

export interface OtlpExportOptions {
  readonly limits: Limits
  readonly intake: Intake
  readonly way: Way
}

export function createOtlpExports({ limits, intake, way }: OtlpExportOptions): OtlpExports {
  const decodeLimits = { maxItems: limits.spansPerRequest, maxStringBytes: limits.attributeBytes }
  // Apart from the answer, so that the decoded spans are let go of while it waits for the commit: they are ten times
  // the calls, and the garbage collector would copy them again and again.
  const takeTraces = (body: OtlpBody, caller: Caller) => {
    const traces = decode(body, {
      protobuf: (bytes) => decodeTraces(bytes, decodeLimits),
      json: (text) => decodeTracesJson(text, decodeLimits),
    })
    const { result, rejected } = guardIntake(intake, caller).takeTraces(traces, way)
    return { result, partial: toPartialSuccess(rejected, traces.report) }
  }
  return {
    async traces(body, caller) {
      const { result, partial } = takeTraces(body, caller)
      const taken = await result
      if (taken.kind === 'refused') throw toRefusal(taken)
      return partial
    },
    async logs(body, caller) {
      const logs = decode(body, {
        protobuf: (bytes) => decodeLogs(bytes, decodeLimits),
        json: (text) => decodeLogsJson(text, decodeLimits),
      })
      const { report } = logs
      const taken = await guardIntake(intake, caller).takeLogs(logs, way)
      if (taken.kind === 'refused') throw toRefusal(taken)
      const { partial } = report
      const unused = notUsed(taken.ignoredCount, 'log records other than the GenAI events of a span')
      return {
        rejectedCount: partial.rejectedCount + unused.rejectedCount,
        errorMessage: [partial.errorMessage, unused.errorMessage].filter((text) => text !== '').join('; '),
      }
    },
    metrics: (body) =>
      notUsed(decode(body, { protobuf: countMetricDataPoints, json: countMetricDataPointsJson }), 'metrics'),
  }
}

function decode<T>(body: OtlpBody, decoders: { protobuf: (bytes: Uint8Array) => T; json: (text: string) => T }): T {
  const isJson = typeof body === 'string'
  try {
    return isJson ? decoders.json(body) : decoders.protobuf(body)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new Refusal(isJson ? 'invalid_otlp_json' : 'invalid_protobuf', error.message)
  }
}

const messagesAtMost = 3

/**
 * Spans that are no model calls were accepted and are not mentioned: the sender did nothing wrong. A message without
 * rejected spans is a warning by the specification.
 */
function toPartialSuccess(rejected: readonly RejectedSpan[], report: DecodeReport): PartialSuccess {
  const messages = rejected.slice(0, messagesAtMost).map(({ message }) => message)
  const more = rejected.length - messages.length
  const { partial, truncatedStrings, droppedAttributes, droppedEvents } = report
  const all = [
    partial.errorMessage,
    ...messages,
    more > 0 ? `and ${more} more` : '',
    truncatedStrings > 0 ? `${truncatedStrings} texts over the size limit were cut` : '',
    droppedAttributes > 0 ? `${droppedAttributes} attributes over the limit were left out` : '',
    droppedEvents > 0 ? `${droppedEvents} events and links over the limit were left out` : '',
  ]
  return {
    rejectedCount: partial.rejectedCount + rejected.length,
    errorMessage: all.filter((text) => text !== '').join('; '),
  }
}

function notUsed(rejectedCount: number, what: string): PartialSuccess {
  if (rejectedCount === 0) return { rejectedCount: 0, errorMessage: '' }
  return {
    rejectedCount,
    errorMessage: `${what} are not used by this server`,
  }
}

/** gRPC status codes by error. Source: google/rpc/code.proto. */
const rpcCodes: Readonly<Record<number, number>> = {
  401: 16,
  403: 7,
  404: 12,
  405: 12,
  413: 8,
  429: 8,
  500: 13,
  503: 14,
}
const invalidArgument = 3

export function toRpcStatus({ statusCode, message, retryAfterSeconds }: Refusal): RpcStatus {
  return { code: rpcCodes[statusCode] ?? invalidArgument, message, retryAfterSeconds }
}
