/** The scanner and what is done about what it finds, for `start({ safety })` and `createFetch({ safety })`. No Node APIs. */
export { BlockedError } from './blocked-error.ts'
export { createSafety, type Policy, type SafetyOptions } from './create-safety.ts'
export type { Safety } from './safety-policy.ts'
