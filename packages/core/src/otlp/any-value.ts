/** What traces and logs have in common on the protobuf wire: AnyValue, attributes, resource, scope. */
import { single } from './field-path.ts'
import type { AnyValue, AnyValueMap, Attributes, Resource, Scope } from './model.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

export type AttributeMap = Map<string, AnyValue>

export const noAttributes: Attributes = new Map()
export const noResource: Resource = { attributes: noAttributes }
export const noScope: Scope = { name: '', version: '', attributes: noAttributes }

/** Key-value lists come from outside: no key of theirs may find or set anything inherited. */
const emptyPrototype: object = Object.freeze(Object.create(null))
const emptyMap: AnyValueMap = Object.freeze(Object.create(emptyPrototype))

export function createValueMap(): Record<string, AnyValue> {
  return Object.create(emptyPrototype)
}

export function readValue(reader: Reader, name: string, index: number): AnyValue {
  let value: AnyValue = null
  reader.enter(name, index)
  while (reader.next()) {
    switch (reader.tag) {
      case 0x0a: // 1 string_value
        value = reader.string('stringValue')
        break
      case 0x10: // 2 bool_value
        value = reader.bool('boolValue')
        break
      case 0x18: // 3 int_value
        value = reader.int64('intValue')
        break
      case 0x21: // 4 double_value
        value = reader.double('doubleValue')
        break
      case 0x2a: // 5 array_value
        value = readArray(reader)
        break
      case 0x32: // 6 kvlist_value
        value = readMap(reader)
        break
      case 0x3a: // 7 bytes_value
        value = reader.byteArray('bytesValue')
        break
      default:
        reader.skip()
    }
  }
  reader.leave()
  return value
}

function readArray(reader: Reader): AnyValue[] {
  const values: AnyValue[] = []
  reader.enter('arrayValue', single)
  while (reader.next()) {
    // 1 values
    if (reader.tag === 0x0a && reader.tally.admitNestedValue()) values.push(readValue(reader, 'values', values.length))
    else reader.skip()
  }
  reader.leave()
  return values
}

function readMap(reader: Reader): AnyValueMap {
  const entries: AttributeMap = new Map()
  let count = 0
  reader.enter('kvlistValue', single)
  while (reader.next()) {
    // 1 values
    if (reader.tag === 0x0a && reader.tally.admitNestedValue()) {
      reader.enter('values', count++)
      readEntry(reader, entries)
      reader.leave()
    } else reader.skip()
  }
  reader.leave()
  if (count === 0) return emptyMap
  const map = createValueMap()
  for (const [key, value] of entries) map[key] = value
  return map
}

/** Straight into the map: a pair for each attribute would be most of the garbage of a request. */
function readEntry(reader: Reader, into: AttributeMap): void {
  let key = ''
  let value: AnyValue = null
  while (reader.next()) {
    switch (reader.tag) {
      case 0x0a: // 1 key
        key = reader.string('key')
        break
      case 0x12: // 2 value
        value = readValue(reader, 'value', single)
        break
      default:
        reader.skip()
    }
  }
  into.set(key, value)
}

/** Reads one more attribute, the `index`-th on the wire. Of attributes with the same key the last one counts. */
export function readAttribute(reader: Reader, attributes: AttributeMap | null, index: number): AttributeMap {
  const map = attributes ?? new Map()
  if (index >= reader.tally.limits.maxAttributes) {
    reader.tally.droppedAttributes++
    reader.skip()
    return map
  }
  reader.enter('attributes', index)
  readEntry(reader, map)
  reader.leave()
  return map
}

export function readResource(reader: Reader): Resource {
  let attributes: AttributeMap | null = null
  let count = 0
  reader.enter('resource', single)
  while (reader.next()) {
    if (reader.tag === 0x0a)
      attributes = readAttribute(reader, attributes, count++) // 1 attributes
    else reader.skip()
  }
  reader.leave()
  return attributes === null ? noResource : { attributes }
}

export function readScope(reader: Reader): Scope {
  let name = ''
  let version = ''
  let attributes: AttributeMap | null = null
  let count = 0
  reader.enter('scope', single)
  while (reader.next()) {
    switch (reader.tag) {
      case 0x0a: // 1 name
        name = reader.string('name')
        break
      case 0x12: // 2 version
        version = reader.string('version')
        break
      case 0x1a: // 3 attributes
        attributes = readAttribute(reader, attributes, count++)
        break
      default:
        reader.skip()
    }
  }
  reader.leave()
  return { name, version, attributes: attributes ?? noAttributes }
}

/** A number is written as an integer when it is a safe one, else as a double; −0 stays a double. */
export function isInteger(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
}

function isList(value: object): value is readonly AnyValue[] {
  return Array.isArray(value)
}

export function writeValue(writer: Writer, tag: number, value: AnyValue): void {
  const mark = writer.open(tag)
  switch (typeof value) {
    case 'string':
      writer.string(0x0a, value)
      break
    case 'boolean':
      writer.bool(0x10, value)
      break
    case 'number':
      if (isInteger(value)) writer.int64(0x18, value)
      else writer.double(0x21, value)
      break
    case 'bigint':
      writer.int64(0x18, value)
      break
    default:
      if (value !== null) writeObject(writer, value)
  }
  writer.close(mark)
}

function writeObject(writer: Writer, value: Uint8Array | readonly AnyValue[] | AnyValueMap): void {
  if (value instanceof Uint8Array) {
    writer.byteArray(0x3a, value)
  } else if (isList(value)) {
    const mark = writer.open(0x2a)
    for (const item of value) writeValue(writer, 0x0a, item)
    writer.close(mark)
  } else {
    const mark = writer.open(0x32)
    for (const member of Object.entries(value)) writeKeyValue(writer, 0x0a, member)
    writer.close(mark)
  }
}

function writeKeyValue(writer: Writer, tag: number, [key, value]: readonly [string, AnyValue]): void {
  const mark = writer.open(tag)
  writer.string(0x0a, key)
  writeValue(writer, 0x12, value)
  writer.close(mark)
}

export function writeAttributes(writer: Writer, tag: number, attributes: Attributes): void {
  for (const attribute of attributes) writeKeyValue(writer, tag, attribute)
}

export function writeResource(writer: Writer, resource: Resource): void {
  const mark = writer.open(0x0a)
  writeAttributes(writer, 0x0a, resource.attributes)
  writer.close(mark)
}

export function writeScope(writer: Writer, scope: Scope): void {
  const mark = writer.open(0x0a)
  if (scope.name !== '') writer.string(0x0a, scope.name)
  if (scope.version !== '') writer.string(0x12, scope.version)
  writeAttributes(writer, 0x1a, scope.attributes)
  writer.close(mark)
}
