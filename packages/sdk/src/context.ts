/** Who a call is made for. The innermost value of each wins. */
export interface CallContext {
  readonly userId?: string
  readonly sessionId?: string
  readonly tags?: readonly string[]
}

/** Carries the context along the application's own flow. */
export interface ContextStore {
  /** Each flow of the application has its own: two requests with the same object belong to one flow. */
  readonly perFlow: boolean
  get(): CallContext
  /** Sets it for the rest of the current flow. */
  enter(context: CallContext): void
  run<R>(context: CallContext, action: () => R): R
}

const noContext: CallContext = {}

export function mergeContext(outer: CallContext, inner: CallContext): CallContext {
  const tags = [...(outer.tags ?? []), ...(inner.tags ?? []).filter((tag) => !outer.tags?.includes(tag))]
  return { ...outer, ...inner, ...(tags.length > 0 ? { tags } : {}) }
}

/** The part of AsyncLocalStorage that is used: Node's, or the global one that some edge runtimes offer. */
export interface FlowStorage {
  getStore(): CallContext | undefined
  run<R>(store: CallContext, action: () => R): R
  enterWith?(store: CallContext): void
}

/**
 * The storage is made at first use: on Node before 24, one AsyncLocalStorage that is in use slows every promise of the process.
 */
export function createFlowContext(createStorage: () => FlowStorage): ContextStore {
  let storage: FlowStorage | null = null
  const open = () => {
    storage ??= createStorage()
    return storage
  }
  const get = () => storage?.getStore() ?? noContext
  return {
    perFlow: true,
    get,
    enter(context) {
      open().enterWith?.(mergeContext(get(), context))
    },
    run: (context, action) => open().run(mergeContext(get(), context), action),
  }
}

/**
 * For runtimes without AsyncLocalStorage: one context for the whole process. `run` holds only until its action returns,
 * so what an asynchronous action does later sees the outer context again.
 */
export function createGlobalContext(): ContextStore {
  let current = noContext
  return {
    perFlow: false,
    get: () => current,
    enter(context) {
      current = mergeContext(current, context)
    },
    run(context, action) {
      const outer = current
      current = mergeContext(outer, context)
      try {
        return action()
      } finally {
        current = outer
      }
    },
  }
}
