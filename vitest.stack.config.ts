/** `npm run test:stack`: what is claimed of other programs, against those programs. tools/test-stack.mjs builds and finds them. */
import { mergeConfig } from 'vitest/config'
import config from './vitest.config.ts'

const { test, ...rest } = config
export default mergeConfig(rest, {
  test: {
    ...test,
    include: [
      'tests/stack/**/*.test.ts',
      'tests/dashboards/**/*.test.ts',
      'tests/one-call.test.ts',
      'tests/examples.test.ts',
    ],
    exclude: [],
  },
})
