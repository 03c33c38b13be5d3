import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@inferometer\/core\/(.*)$/, replacement: `${source('./packages/core/src/')}$1.ts` },
      { find: /^@inferometer\/sdk$/, replacement: source('./packages/sdk/src/index.ts') },
      { find: /^@inferometer\/sdk\/(.*)$/, replacement: `${source('./packages/sdk/src/')}$1.ts` },
      { find: /^@inferometer\/server$/, replacement: source('./packages/server/src/index.ts') },
    ],
  },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tests/**/*.test.ts', 'tools/**/*.test.ts'],
    // They need programs that take minutes to build: npm run test:stack.
    exclude: ['**/node_modules/**', 'tests/stack/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
