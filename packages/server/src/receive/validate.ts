import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import Value from 'typebox/value'
import { describeProblems, Refusal } from '../errors.ts'
import { listProblems } from '../problems.ts'

/** Names every problem of a body or a query by its path. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema)
  return (value: unknown) => {
    // Addresses carry only text: `?limit=10` is turned into a number. Bodies are taken as they are.
    const typed = httpPart === 'body' ? value : Value.Convert(schema, value)
    const problems = listProblems(validator, typed)
    if (problems.length === 0) return { value: typed }
    return { error: new Refusal('invalid_request', describeProblems(problems), { problems }) }
  }
}

/** The same, with the body left for the handler to validate. */
export const compileQueryValidator: FastifySchemaCompiler<TSchema> = (part) =>
  part.httpPart === 'body' ? (value: unknown) => ({ value }) : compileValidator(part)
