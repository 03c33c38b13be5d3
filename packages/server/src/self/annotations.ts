/** Moments that explain steps in the numbers: configuration that came into force, and releases that somebody tells of. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { ErrorAnswer, type RestApp } from '../api.ts'

const Annotation = Type.Object({
  time_ms: Type.Integer({ description: 'Milliseconds since the Unix epoch' }),
  text: Type.String({ description: 'What happened' }),
})
export type Annotation = Static<typeof Annotation>

const AnnotationBody = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: 200, description: 'What happened: `checkout 1.4.2 deployed`' }),
    time_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 8.64e15, description: 'When. Default: now' })),
  },
  { additionalProperties: false },
)

export interface Annotations {
  add(text: string, timeMs?: number): Annotation
  /** The newest thousand, in the order they were told. */
  list(): readonly Annotation[]
}

export interface AnnotationsOptions {
  /** One JSON object a line; null keeps them in memory. */
  readonly file: string | null
  readonly now: () => number
  readonly logger: FastifyBaseLogger
}

const keptAtMost = 1_000

export function createAnnotations({ file, now, logger }: AnnotationsOptions): Annotations {
  const known: Annotation[] = file === null ? [] : readAll(file)
  return {
    add(text, timeMs = now()) {
      const annotation = { time_ms: timeMs, text }
      known.push(annotation)
      if (known.length > keptAtMost) known.shift()
      if (file !== null) append(file, annotation, logger)
      return annotation
    },
    list: () => known,
  }
}

function append(file: string, annotation: Annotation, logger: FastifyBaseLogger): void {
  // The folder is the store's; where the store is in memory there is none, and nothing outlives the process.
  if (!existsSync(dirname(file))) return
  try {
    appendFileSync(file, `${JSON.stringify(annotation)}\n`)
  } catch (error) {
    logger.warn({ err: error }, `${file} cannot be written: the annotation is forgotten with this process`)
  }
}

function readAll(file: string): Annotation[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').slice(-keptAtMost)
  return lines.map(readLine).filter((annotation) => annotation !== null)
}

const validator = Compile(Annotation)

/** Null for a line that was cut short by a crash. */
function readLine(line: string): Annotation | null {
  try {
    const parsed: unknown = JSON.parse(line)
    return validator.Check(parsed) ? parsed : null
  } catch {
    return null
  }
}

const tags = ['dashboards']

/** GET and POST /v1/annotations. */
export function addAnnotationRoutes(app: RestApp, annotations: Annotations): void {
  app.get(
    '/v1/annotations',
    {
      schema: {
        tags,
        summary: 'Moments that explain steps: reloads of prices and patterns, releases that were told of',
        response: { 200: Type.Object({ annotations: Type.Array(Annotation) }) },
      },
    },
    async () => ({ annotations: [...annotations.list()] }),
  )
  app.post(
    '/v1/annotations',
    {
      schema: {
        tags,
        summary: 'Tells of a release, or whatever else explains a step; charts mark it',
        body: AnnotationBody,
        response: { 200: Annotation, 400: ErrorAnswer },
      },
    },
    async ({ body }) => annotations.add(body.text, body.time_ms),
  )
}
