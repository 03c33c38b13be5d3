import { DecodeError } from './decode-error.ts'

/** Index of a field that is not repeated. */
export const single = -1

/** Where a decoder stands in the message, so that an error can name the field; and the guard against deep nesting. */
export class FieldPath {
  private readonly names: string[] = []
  private readonly indices: number[] = []
  private readonly maxDepth: number
  private depth = 0

  constructor(maxDepth: number) {
    this.maxDepth = maxDepth
  }

  enter(name: string, index: number, offset: number | null): void {
    if (this.depth === this.maxDepth) throw this.error(name, `nested deeper than ${this.maxDepth} levels`, offset)
    this.names[this.depth] = name
    this.indices[this.depth] = index
    this.depth++
  }

  leave(): void {
    this.depth--
  }

  /** The path of a field of the message that was entered last; with an empty name, of that message. */
  format(field: string): string {
    let path = ''
    for (let level = 0; level < this.depth; level++) {
      const index = this.indices[level] ?? single
      path += `${level === 0 ? '' : '.'}${this.names[level]}${index === single ? '' : `[${index}]`}`
    }
    return path === '' || field === '' ? path + field : `${path}.${field}`
  }

  error(field: string, reason: string, offset: number | null): DecodeError {
    return new DecodeError(this.format(field), reason, offset)
  }
}
