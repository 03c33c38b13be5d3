/** The recorded calls as a file for other programs: Parquet or CSV, written by the store and streamed from there. */
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { CallStore, ExportRequest } from './store/store.ts'

export interface ExportedFile {
  readonly bytes: number
  /** The file is deleted when it ends, however it ends. */
  readonly stream: Readable
}

export interface ExportSetup {
  readonly store: Pick<CallStore, 'exportCalls'>
  readonly dataDir: string
}

export async function exportCalls({ store, dataDir }: ExportSetup, request: ExportRequest): Promise<ExportedFile> {
  await mkdir(dataDir, { recursive: true })
  const dir = await mkdtemp(join(dataDir, 'export-'))
  const remove = () => rm(dir, { recursive: true, force: true })
  try {
    const path = join(dir, 'calls')
    await store.exportCalls(request, path)
    const { size } = await stat(path)
    const stream = createReadStream(path)
    stream.once('close', remove)
    return { bytes: size, stream }
  } catch (error) {
    await remove()
    throw error
  }
}
