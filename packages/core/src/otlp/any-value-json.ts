/** What traces and logs have in common in OTLP/JSON: AnyValue, attributes, resource, scope. */
import { type AttributeMap, createValueMap, isInteger, noResource, noScope } from './any-value.ts'
import { encodeBase64 } from './base64.ts'
import type { JsonObject, JsonReader } from './json-reader.ts'
import type { AnyValue, AnyValueMap, Attributes, Resource, Scope } from './model.ts'

export function readValueJson(reader: JsonReader, object: JsonObject): AnyValue {
  if (isSet(object, 'stringValue')) return reader.string(object, 'stringValue')
  if (isSet(object, 'intValue')) return reader.int64(object, 'intValue')
  if (isSet(object, 'doubleValue')) return reader.double(object, 'doubleValue')
  if (isSet(object, 'boolValue')) return reader.bool(object, 'boolValue')
  if (isSet(object, 'bytesValue')) return reader.byteArray(object, 'bytesValue')
  const list = reader.message(object, 'arrayValue', (value) => readArrayJson(reader, value))
  return list ?? reader.message(object, 'kvlistValue', (value) => readMapJson(reader, value))
}

function isSet(object: JsonObject, field: string): boolean {
  return object[field] !== undefined && object[field] !== null
}

function readArrayJson(reader: JsonReader, object: JsonObject): AnyValue[] {
  const values: AnyValue[] = []
  reader.forEach(object, 'values', (item) => {
    if (reader.tally.admitNestedValue()) values.push(readValueJson(reader, item))
  })
  return values
}

function readMapJson(reader: JsonReader, object: JsonObject): AnyValueMap {
  const map = createValueMap()
  reader.forEach(object, 'values', (item) => {
    if (!reader.tally.admitNestedValue()) return
    map[reader.string(item, 'key')] = readMemberJson(reader, item)
  })
  return map
}

function readMemberJson(reader: JsonReader, keyValue: JsonObject): AnyValue {
  return reader.message(keyValue, 'value', (value) => readValueJson(reader, value))
}

export function readAttributesJson(reader: JsonReader, object: JsonObject): Attributes {
  const attributes: AttributeMap = new Map()
  reader.forEach(object, 'attributes', (item, index) => {
    if (index >= reader.tally.limits.maxAttributes) {
      reader.tally.droppedAttributes++
      return
    }
    attributes.set(reader.string(item, 'key'), readMemberJson(reader, item))
  })
  return attributes
}

export function readResourceJson(reader: JsonReader, group: JsonObject): Resource {
  const read = (object: JsonObject) => ({ attributes: readAttributesJson(reader, object) })
  return reader.message(group, 'resource', read) ?? noResource
}

export function readScopeJson(reader: JsonReader, group: JsonObject): Scope {
  const read = (object: JsonObject) => ({
    name: reader.string(object, 'name'),
    version: reader.string(object, 'version'),
    attributes: readAttributesJson(reader, object),
  })
  return reader.message(group, 'scope', read) ?? noScope
}

export function toJsonValue(value: AnyValue): JsonObject {
  switch (typeof value) {
    case 'string':
      return { stringValue: value }
    case 'boolean':
      return { boolValue: value }
    case 'number':
      return isInteger(value) ? { intValue: String(value) } : { doubleValue: toJsonDouble(value) }
    case 'bigint':
      return { intValue: String(value) }
    default:
      return value === null ? {} : toJsonComposite(value)
  }
}

function toJsonDouble(value: number): number | string {
  // JSON.stringify would write 0.
  if (Object.is(value, -0)) return '-0'
  return Number.isFinite(value) ? value : String(value)
}

function isList(value: object): value is readonly AnyValue[] {
  return Array.isArray(value)
}

function toJsonComposite(value: Uint8Array | readonly AnyValue[] | AnyValueMap): JsonObject {
  if (value instanceof Uint8Array) return { bytesValue: encodeBase64(value) }
  if (isList(value)) return { arrayValue: { values: value.map(toJsonValue) } }
  return { kvlistValue: { values: Object.entries(value).map(toJsonKeyValue) } }
}

function toJsonKeyValue([key, value]: readonly [string, AnyValue]): JsonObject {
  return { key, value: toJsonValue(value) }
}

export function toJsonAttributes(attributes: Attributes): JsonObject[] {
  return Array.from(attributes, toJsonKeyValue)
}

export function toJsonResource(resource: Resource): JsonObject {
  return { attributes: toJsonAttributes(resource.attributes) }
}

export function toJsonScope(scope: Scope): JsonObject {
  return { name: scope.name, version: scope.version, attributes: toJsonAttributes(scope.attributes) }
}
