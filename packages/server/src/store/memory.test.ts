import { createMemoryDisk, createMemoryStore } from './memory.ts'
import { describeCallStore } from './store.cases.ts'

let disk = createMemoryDisk()
describeCallStore('createMemoryStore()', {
  open: async () => createMemoryStore(disk),
  reset: async () => {
    disk = createMemoryDisk()
  },
})
