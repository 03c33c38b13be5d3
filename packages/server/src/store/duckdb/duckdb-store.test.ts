import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { describeCallStore } from '../store.cases.ts'
import { openDuckDbStore } from './duckdb-store.ts'

const root = mkdtempSync(join(tmpdir(), 'inferometer-store-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let dir = ''
describeCallStore('openDuckDbStore()', {
  open: () => openDuckDbStore({ dir }),
  reset: async () => {
    dir = mkdtempSync(join(root, 'data-'))
  },
})
