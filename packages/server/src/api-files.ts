/** Schemas of what is in force from configuration files. */
import Type from 'typebox'

const NullableText = Type.Union([Type.String(), Type.Null()])

export const fileFields = {
  file: Type.Union([Type.String(), Type.Null()], { description: 'Null: there is no file' }),
  loaded_at: Type.String({ description: 'When what is in force was read: ISO 8601, UTC' }),
  last_reload: Type.Union(
    [
      Type.Object({
        at: Type.String(),
        result: Type.Enum(['ok', 'refused']),
        problems: Type.Array(
          Type.Object({ line: Type.Integer(), column: Type.Integer(), path: Type.String(), message: Type.String() }),
        ),
      }),
      Type.Null(),
    ],
    { description: 'Null: there was none since the start. Refused: what was in force before is kept' },
  ),
}

export const PatternsAnswer = Type.Object({
  version: Type.String({ description: "Hash of the file's text" }),
  ...fileFields,
  patterns: Type.Array(
    Type.Object({
      name: Type.String({ description: 'The label value of llm_findings_total' }),
      type: Type.Enum(['PII_STRUCTURAL', 'INJECTION_ATTEMPT']),
      regex: NullableText,
      phrases: Type.ReadonlyType(Type.Array(Type.String())),
      sequence: Type.Union(
        [
          Type.Object({
            concepts: Type.Array(Type.String()),
            within: Type.Integer(),
            ordered: Type.Boolean(),
            unless: Type.String(),
          }),
          Type.Null(),
        ],
        { description: 'Concepts that stand together, of an injection pattern that is no expression' },
      ),
      ignore_case: Type.Boolean(),
      validate: NullableText,
      context: Type.ReadonlyType(Type.Array(Type.String())),
      weight: Type.Number(),
      shadow: Type.Boolean({ description: 'Being tried out: counted, not acted on' }),
      enabled: Type.Boolean({ description: 'False: held to its examples, but not looked for' }),
      confidence: Type.Enum(['high', 'low'], { description: 'Low: a guess by the words around it' }),
      examples: Type.Object({
        match: Type.ReadonlyType(Type.Array(Type.String())),
        no_match: Type.ReadonlyType(Type.Array(Type.String())),
      }),
    }),
  ),
})
