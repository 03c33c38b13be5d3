export type { ContentPolicy, StartOptions } from './config.ts'
export type { CallContext } from './context.ts'
export { createFetch, runWithContext, setContext } from './node-functions.ts'
export {
  type Answer,
  type CallOptions,
  type CallRecorder,
  type ObserveOptions,
  observe,
  type StreamOptions,
  type TokenUsage,
  withCall,
  wrapStream,
} from './observe.ts'
export type { Handle, Stats } from './runtime.ts'
export { start } from './start.ts'
