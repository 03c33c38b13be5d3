import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createPoll, pollMs } from './watch-file.ts'

let dir: string
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'watch-'))
})
afterAll(() => fs.rmSync(dir, { recursive: true }))

/** A change may come right after a poll, and these have to see it. */
const pollsUntilLive = 2

function watch(file: string) {
  const texts: string[] = []
  const errors: string[] = []
  const poll = createPoll({
    path: file,
    text: 'old',
    onText: (text) => texts.push(text),
    onError: (message) => errors.push(message),
  })
  const look = async (times: number) => {
    for (let time = 0; time < times; time += 1) await poll()
  }
  return { texts, errors, look }
}

it('createPoll() tells of a change at the second look, which is within a second', async () => {
  const file = path.join(dir, 'written.yaml')
  fs.writeFileSync(file, 'old')
  const { texts, look } = watch(file)
  await look(3)
  fs.writeFileSync(file, 'new')
  await look(pollsUntilLive - 1)
  expect(texts).toEqual([])
  await look(1)
  expect(texts).toEqual(['new'])
  await look(3)
  expect(texts).toEqual(['new'])
  expect((pollsUntilLive + 1) * pollMs).toBeLessThan(1000)
})

it('createPoll() sees a file that is renamed over the old one, and a symlink that is swapped', async () => {
  const file = path.join(dir, 'renamed.yaml')
  fs.writeFileSync(file, 'old')
  const renamed = watch(file)
  await renamed.look(2)
  fs.writeFileSync(`${file}.tmp`, 'new')
  fs.renameSync(`${file}.tmp`, file)
  await renamed.look(pollsUntilLive)
  expect(renamed.texts).toEqual(['new'])

  for (const name of ['a', 'b']) fs.mkdirSync(path.join(dir, name))
  fs.writeFileSync(path.join(dir, 'a/prices.yaml'), 'old')
  fs.writeFileSync(path.join(dir, 'b/prices.yaml'), 'new')
  fs.symlinkSync('a', path.join(dir, 'data'))
  const swapped = watch(path.join(dir, 'data/prices.yaml'))
  await swapped.look(2)
  fs.symlinkSync('b', path.join(dir, 'data.tmp'))
  fs.renameSync(path.join(dir, 'data.tmp'), path.join(dir, 'data'))
  await swapped.look(pollsUntilLive)
  expect(swapped.texts).toEqual(['new'])
})

it('createPoll() waits while a file is still being written, and tells once of one that is gone', async () => {
  const file = path.join(dir, 'growing.yaml')
  fs.writeFileSync(file, 'old')
  const { texts, errors, look } = watch(file)
  await look(2)
  for (const text of ['n', 'ne', 'new']) {
    fs.writeFileSync(file, text)
    await look(1)
  }
  expect(texts).toEqual([])
  await look(1)
  expect(texts).toEqual(['new'])
  fs.rmSync(file)
  await look(3)
  expect(errors).toHaveLength(1)
})
