import type { ContextStore } from './context.ts'
import type { Runtime } from './runtime.ts'

/** What the ESM and the CommonJS copy of this package share, and several versions of it in one process. */
interface State {
  runtime: Runtime | null
  context: ContextStore | null
  /** The runtime whose hooks are in place: `createFetch` makes one without. */
  hooked: Runtime | null
}

const key = Symbol.for('inferometer.sdk')

function isState(value: unknown): value is State {
  return typeof value === 'object' && value !== null && 'runtime' in value && 'context' in value
}

/** Asked at every request. Nobody can put another in its place. */
let shared: State | null = null

function getState(): State {
  shared ??= findState()
  return shared
}

function findState(): State {
  const known: unknown = Reflect.get(globalThis, key)
  if (isState(known)) return known
  const state: State = { runtime: null, context: null, hooked: null }
  Object.defineProperty(globalThis, key, { value: state })
  return state
}

/** The running instrument; null before `start` and after `shutdown`. */
export function getRuntime(): Runtime | null {
  const { runtime } = getState()
  return runtime?.active === true ? runtime : null
}

export function setRuntime(runtime: Runtime): void {
  getState().runtime = runtime
}

/** True for the first who asks: hooks are put in place once. */
export function takeHooks(runtime: Runtime): boolean {
  const state = getState()
  if (state.hooked === runtime) return false
  state.hooked = runtime
  return true
}

/** One context for all, made by whoever comes first. */
export function shareContext(create: () => ContextStore): ContextStore {
  const state = getState()
  state.context ??= create()
  return state.context
}
