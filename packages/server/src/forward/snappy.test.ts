import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { unpackSnappy } from './read-write-request.cases.ts'
import { frameSnappy } from './snappy.ts'

it.each([0, 1, 59, 60, 127, 128, 65_535, 65_536, 65_537, 131_072, 3_000_001])(
  'frameSnappy() gives a block that unpacks to the same when there are %i bytes',
  (length) => {
    const bytes = randomBytes(length)
    expect(unpackSnappy(Buffer.from(frameSnappy(bytes))).equals(bytes)).toBe(true)
  },
)
