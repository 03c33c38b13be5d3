import type { FieldPath } from './field-path.ts'
import type { LogsData, PartialSuccess, TracesData } from './model.ts'

/** What a decoder takes from one request. Without them a few bytes on the wire could become many objects in memory. */
export interface DecodeLimits {
  /** Spans or log records in a request; those beyond are rejected and counted. Also bounds resource and scope groups. */
  readonly maxItems: number
  /** Attributes of one span, event, link, record, resource or scope; those beyond are dropped and counted. */
  readonly maxAttributes: number
  /** Events and links of all spans of a request together; those beyond are dropped and counted. */
  readonly maxEvents: number
  /** Values within arrays and key-value lists of a request together; those beyond are dropped and counted. */
  readonly maxNestedValues: number
  /** UTF-8 bytes of one string or bytes value; longer ones are cut between characters and counted. */
  readonly maxStringBytes: number
  /** Messages within messages; deeper input is a DecodeError. 100 is what protobuf implementations allow. */
  readonly maxDepth: number
}

export const defaultDecodeLimits: DecodeLimits = {
  maxItems: 65_536,
  maxAttributes: 4_096,
  maxEvents: 262_144,
  maxNestedValues: 1_048_576,
  maxStringBytes: 1_048_576,
  maxDepth: 100,
}

/** What was not taken as it was sent. */
export interface DecodeReport {
  /** Spans or records refused: those beyond `maxItems`, and spans without a valid traceId and spanId. */
  readonly partial: PartialSuccess
  /** Attributes, and values within arrays and key-value lists. */
  readonly droppedAttributes: number
  /** Events and links; links without valid ids among them. */
  readonly droppedEvents: number
  readonly truncatedStrings: number
}

/** Every span in it has a valid traceId and spanId; those that had none, or were too many, are counted in `report`. */
export interface DecodedTraces extends TracesData {
  readonly report: DecodeReport
}

export interface DecodedLogs extends LogsData {
  readonly report: DecodeReport
}

const maxProblems = 3

/** Counts while one request is decoded. */
export class DecodeTally {
  readonly limits: DecodeLimits
  itemCount = 0
  eventCount = 0
  droppedAttributes = 0
  droppedEvents = 0
  truncatedStrings = 0
  private nestedValueCount = 0
  private groupCount = 0
  private rejectedCount = 0
  private readonly problems: string[] = []

  constructor(limits: Partial<DecodeLimits>) {
    this.limits = { ...defaultDecodeLimits, ...limits }
  }

  /** False when another span or record would be too many; it is then counted as rejected. */
  admitItem(path: FieldPath): boolean {
    if (this.itemCount < this.limits.maxItems) return true
    this.reject(path, '', `more than ${this.limits.maxItems} in one request`)
    return false
  }

  admitEvent(): boolean {
    if (this.eventCount < this.limits.maxEvents) {
      this.eventCount++
      return true
    }
    this.droppedEvents++
    return false
  }

  admitNestedValue(): boolean {
    if (this.nestedValueCount < this.limits.maxNestedValues) {
      this.nestedValueCount++
      return true
    }
    this.droppedAttributes++
    return false
  }

  admitGroup(path: FieldPath): void {
    this.groupCount++
    if (this.groupCount > this.limits.maxItems)
      throw path.error('', `more than ${this.limits.maxItems} resource and scope groups`, null)
  }

  reject(path: FieldPath, field: string, reason: string): void {
    this.rejectedCount++
    if (this.problems.length < maxProblems) this.problems.push(`${path.format(field)}: ${reason}`)
  }

  report(): DecodeReport {
    const more = this.rejectedCount - this.problems.length
    const errorMessage = this.problems.join('; ') + (more > 0 ? `; and ${more} more` : '')
    return {
      partial: { rejectedCount: this.rejectedCount, errorMessage },
      droppedAttributes: this.droppedAttributes,
      droppedEvents: this.droppedEvents,
      truncatedStrings: this.truncatedStrings,
    }
  }
}
