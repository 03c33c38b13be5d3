/** Turns what a TypeBox validator dislikes into problems a person can act on: all of them, by path, with what is allowed and what came. */
import { formatPath, suggestName } from '@inferometer/core/config-problem'
import type { TSchema } from 'typebox'
import type { Validator } from 'typebox/compile'
import { Settings } from 'typebox/system'
import type { Problem } from './errors.ts'

/** What the walker reads of a JSON schema. */
interface SchemaView {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly SchemaView[]
  readonly properties?: Readonly<Record<string, SchemaView>>
  readonly items?: SchemaView
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  /** A secret: what came is never quoted. */
  readonly writeOnly?: boolean
}

export type AnyValidator = Validator<Record<never, never>, TSchema>

const problemsAtMost = 100
const shownChars = 40

/** The problems of a value, at most a hundred. Empty when it is valid. */
export function listProblems(validator: AnyValidator, value: unknown): Problem[] {
  if (validator.Check(value)) return []
  const schema: SchemaView = validator.Type()
  const problems = new Map<string, Problem>()
  const add = (path: string, message: string) => problems.set(`${path} ${message}`, { path, message })
  const errors = collectErrors(validator, value)
  const paths = new Set(errors.map((error) => error.instancePath))
  for (const error of errors) {
    const segments = splitPointer(error.instancePath)
    const here = schemaAt(schema, segments)
    if (error.keyword === 'additionalProperties') {
      for (const name of error.params.additionalProperties)
        add(
          joinPath([...segments, name]),
          `is not a known field${suggestName(name, Object.keys(here?.properties ?? {}))}`,
        )
    } else if (error.keyword === 'required') {
      for (const name of error.params.requiredProperties)
        add(joinPath([...segments, name]), `is required: ${describeSchema(here?.properties?.[name])}`)
    } else if (error.keyword !== 'boolean' && !hasDeeperError(paths, error.instancePath)) {
      const got = here?.writeOnly ? '' : `, got ${show(valueAt(value, segments))}`
      add(joinPath(segments), `must be ${describeSchema(here)}${got}`)
    }
  }
  return [...problems.values()].slice(0, problemsAtMost)
}

function collectErrors(validator: AnyValidator, value: unknown) {
  const { maxErrors } = Settings.Get()
  // The library stops at eight by default; the setting is global, so it is put back for others in this process.
  Settings.Set({ maxErrors: problemsAtMost * 4 })
  try {
    return validator.Errors(value)
  } finally {
    Settings.Set({ maxErrors })
  }
}

/** A union reports each branch; the deepest message says what to do. */
function hasDeeperError(paths: ReadonlySet<string>, path: string): boolean {
  for (const other of paths) if (other.length > path.length && other.startsWith(`${path}/`)) return true
  return false
}

function splitPointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function joinPath(segments: readonly string[]): string {
  return formatPath(segments.map((part) => (/^\d+$/.test(part) ? Number(part) : clip(part))))
}

function schemaAt(schema: SchemaView, segments: readonly string[]): SchemaView | undefined {
  let here: SchemaView | undefined = schema
  for (const part of segments) {
    const options: readonly SchemaView[] = here?.anyOf ?? (here ? [here] : [])
    const holder = options.find((option) => (/^\d+$/.test(part) && option.items) || hasOwn(option.properties, part))
    here = holder?.items ?? holder?.properties?.[part]
  }
  return here
}

function hasOwn(properties: SchemaView['properties'], name: string): boolean {
  return properties !== undefined && Object.hasOwn(properties, name)
}

function valueAt(value: unknown, segments: readonly string[]): unknown {
  let here = value
  for (const part of segments) {
    if (typeof here !== 'object' || here === null) return undefined
    here = Reflect.get(here, part)
  }
  return here
}

function describeSchema(schema: SchemaView | undefined): string {
  if (!schema) return 'something else'
  if (schema.anyOf) return schema.anyOf.map(describeSchema).join(' or ')
  if (schema.enum) return `one of ${schema.enum.join(', ')}`
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  switch (schema.type) {
    case 'integer':
      return `an integer${describeRange(schema)}`
    case 'number':
      return `a number${describeRange(schema)}`
    case 'string':
      return describeString(schema)
    case 'array':
      return `an array${describeCount(schema.minItems, schema.maxItems, 'items')}`
    case 'object':
      return 'an object'
    case 'boolean':
      return 'true or false'
    default:
      return schema.type ?? 'a JSON value'
  }
}

function describeRange({ minimum, maximum }: SchemaView): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  if (minimum !== undefined) return ` of at least ${minimum}`
  return maximum === undefined ? '' : ` of at most ${maximum}`
}

function describeString({ minLength, maxLength, pattern }: SchemaView): string {
  const shape = pattern === undefined ? '' : ` of the form ${pattern}`
  return `a string${describeCount(minLength, maxLength, 'characters')}${shape}`
}

function describeCount(least: number | undefined, most: number | undefined, unit: string): string {
  if (least !== undefined && most !== undefined) return ` of ${least} to ${most} ${unit}`
  if (least !== undefined) return ` of at least ${least} ${unit}`
  return most === undefined ? '' : ` of at most ${most} ${unit}`
}

function clip(text: string): string {
  return text.length <= shownChars ? text : `${text.slice(0, shownChars)}…`
}

/** Long strings may be prompts: they are never quoted. */
function show(value: unknown): string {
  if (typeof value === 'string')
    return value.length <= shownChars ? JSON.stringify(value) : `a string of ${value.length} characters`
  if (Array.isArray(value)) return `an array of ${value.length} items`
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}
