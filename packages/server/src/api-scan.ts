/** What the scan call answers. */
import Type from 'typebox'

export const ScanAnswer = Type.Object({
  pii_detected: Type.Boolean(),
  injection_attempt: Type.Boolean(),
  findings: Type.Array(
    Type.Object({
      type: Type.String(),
      pattern: Type.String(),
      start: Type.Integer({ description: 'UTF-16 code units' }),
      end: Type.Integer(),
    }),
  ),
  redacted: Type.String({ description: 'The prompt with its personal data masked' }),
  score: Type.Number({ description: 'Evidence for an injection: the highest sum of weights near each other' }),
  threshold: Type.Number({ description: 'Score at which a prompt is an injection attempt' }),
  evidence: Type.Array(
    Type.Object({
      pattern: Type.String(),
      weight: Type.Number(),
      start: Type.Integer({ description: 'UTF-16 code units' }),
      end: Type.Integer(),
      read_as: Type.Union([Type.String(), Type.Null()], {
        description: 'How the place reads without its disguise; null where it stands as it is',
      }),
    }),
    { description: 'What the score is made of, below the threshold too; negative weights speak against' },
  ),
})
