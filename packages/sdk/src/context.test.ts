import { expect, it } from 'vitest'
import { createFlowContext, createGlobalContext, mergeContext } from './context.ts'

it('createGlobalContext() serves runtimes without AsyncLocalStorage', () => {
  const context = createGlobalContext()
  context.enter({ userId: 'ann' })
  expect(context.run({ sessionId: 's', tags: ['a'] }, () => context.get())).toEqual({
    userId: 'ann',
    sessionId: 's',
    tags: ['a'],
  })
  expect(() =>
    context.run({ userId: 'bob' }, () => {
      throw new Error('x')
    }),
  ).toThrow('x')
  expect(context.get()).toEqual({ userId: 'ann' })
})

it('createFlowContext() makes its storage at first use', () => {
  let made = 0
  const context = createFlowContext(() => {
    made += 1
    return { getStore: () => ({ userId: 'ann' }), run: (_, action) => action() }
  })
  expect([context.get(), made]).toEqual([{}, 0])
  context.run({}, () => expect(context.get()).toEqual({ userId: 'ann' }))
  expect(made).toBe(1)
})

it('mergeContext() lets the inner value win and gathers tags', () => {
  expect(mergeContext({ userId: 'a', tags: ['x', 'y'] }, { userId: 'b', tags: ['y', 'z'] })).toEqual({
    userId: 'b',
    tags: ['x', 'y', 'z'],
  })
  expect(mergeContext({}, {})).toEqual({})
})
