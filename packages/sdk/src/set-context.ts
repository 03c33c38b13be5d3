import type { CallContext, ContextStore } from './context.ts'
import { shareContext } from './state.ts'

export interface ContextFunctions {
  /** Sets who the calls of the current flow are made for, from here on. */
  setContext(context: CallContext): void
  /** The same for everything that the action does, and nothing else. */
  runWithContext<R>(context: CallContext, action: () => R): R
}

export function createContextFunctions(createContext: () => ContextStore): ContextFunctions {
  const store = () => shareContext(createContext)
  return {
    setContext: (context) => store().enter(context),
    runWithContext: (context, action) => store().run(context, action),
  }
}
