import { defineConfig, mergeConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

const config = mergeConfig(base, defineConfig({}))

/** Apart from the tests: what it does is write pictures. */
export default { ...config, test: { ...config.test, include: ['tests/browser/take-screenshots.ts'] } }
