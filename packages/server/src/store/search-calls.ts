import { type CallFilter, type Place, placeOf, type SearchRequest } from '../call-search.ts'
import { isAsked } from './aggregate-calls.ts'
import type { StoredCall, StoredNode } from './store.ts'

/** The answer worked out call by call: slow, and plain enough to hold the database against. */
export function searchCalls(
  calls: readonly StoredCall[],
  request: SearchRequest,
  nodes: readonly StoredNode[] = [],
): readonly StoredCall[] {
  const { sort, after, offset, limit, withContent } = request
  const compare = (one: Place, other: Place) => comparePlaces(one, other, sort.descending)
  const found = calls
    .filter((stored) => matchesFilter(stored, request.filter, nodes))
    .map((stored) => ({ stored, place: placeOf(stored, sort.by) }))
    .filter(({ place }) => after === null || compare(place, after) > 0)
    .sort((one, other) => compare(one.place, other.place))
    .slice(offset, offset + limit)
    .map(({ stored }) => stored)
  return withContent ? found : found.map(({ seq, call }) => ({ seq, call: { ...call, content: null } }))
}

export function matchesFilter(
  { seq, call }: StoredCall,
  filter: CallFilter,
  nodes: readonly StoredNode[] = [],
): boolean {
  const {
    httpStatuses,
    traceId,
    hasRetries,
    streaming,
    tool,
    agent,
    findingKinds,
    pattern,
    ranges,
    text,
    afterSeq,
    throughSeq,
  } = filter
  const statuses = [call.httpStatus, ...call.attempts.map(({ httpStatus }) => httpStatus)]
  return [
    isAsked(call, filter),
    afterSeq === null || seq > afterSeq,
    throughSeq === null || seq <= throughSeq,
    httpStatuses.length === 0 || statuses.some((status) => status !== null && httpStatuses.includes(status)),
    traceId === null || call.traceId.toLowerCase() === traceId.toLowerCase(),
    streaming === null || call.streaming === streaming,
    tool === null || call.toolCalls.some(({ name }) => name === tool),
    agent === null || nodes.some(({ node }) => node.traceId === call.traceId && node.agentName === agent),
    hasRetries === null || call.retryCount > 0 === hasRetries,
    findingKinds.length === 0 || call.findings.some(({ kind }) => findingKinds.includes(kind)),
    pattern === null || call.findings.some((finding) => finding.pattern === pattern),
    text === null || listSearchedTexts({ seq, call }).some((each) => each.toLowerCase().includes(text.toLowerCase())),
    ...ranges.map(({ of, least, most }) => {
      const value = call[of]
      return value !== null && (least === null || value >= least) && (most === null || value <= most)
    }),
  ].every(Boolean)
}

function listSearchedTexts({ call }: StoredCall): readonly string[] {
  const { content, toolCalls, errorMessage, userId, sessionId, responseId, requestId } = call
  return [
    ...(content?.input ?? []).map((message) => message.text),
    content?.output,
    ...toolCalls.map((tool) => tool.arguments),
    ...[errorMessage, userId, sessionId, responseId, requestId],
  ].filter((text) => typeof text === 'string')
}

function comparePlaces(one: Place, other: Place, descending: boolean): number {
  if (one.value === null || other.value === null) {
    if (one.value !== other.value) return one.value === null ? 1 : -1
  } else if (one.value !== other.value) {
    return compareValues(one.value, other.value) * (descending ? -1 : 1)
  }
  return (one.seq - other.seq) * (descending ? -1 : 1)
}

/** Text by its bytes, as the database does. */
function compareValues(one: string | number, other: string | number): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)))
}
