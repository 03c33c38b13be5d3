import { createHash } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { TotalsSnapshot } from './store.ts'

export interface SnapshotPaths {
  readonly current: string
  /** The one before, for the case that the current one is damaged. */
  readonly previous: string
  readonly unfinished: string
}

/** A file is: `IFTS`, format version (uint32), seq (double), SHA-256 of seq and snapshot, snapshot. Little-endian. */
const magic = 'IFTS'
const formatVersion = 1
const seqOffset = 8
const hashOffset = 16
const headerBytes = hashOffset + 32

/** Resolves when the snapshot is durable. A crash at any point leaves it or the one before. */
export async function writeSnapshot(paths: SnapshotPaths, { seq, snapshot }: TotalsSnapshot): Promise<void> {
  const header = Buffer.alloc(headerBytes)
  header.write(magic, 0, 'latin1')
  header.writeUInt32LE(formatVersion, 4)
  header.writeDoubleLE(seq, seqOffset)
  hashOf(header, snapshot).copy(header, hashOffset)
  const file = await open(paths.unfinished, 'w')
  try {
    await file.writev([header, snapshot])
    await file.sync()
  } finally {
    await file.close()
  }
  await renameIfPresent(paths.current, paths.previous)
  await rename(paths.unfinished, paths.current)
  await syncDirectory(dirname(paths.current))
}

/** The newest that is whole, or null. */
export async function readSnapshot(paths: SnapshotPaths): Promise<TotalsSnapshot | null> {
  // A crash between the two renames leaves the newest one unfinished in name only.
  const found = await Promise.all([paths.current, paths.unfinished, paths.previous].map(readWhole))
  return found.reduce((best, one) => (one !== null && (best === null || one.seq > best.seq) ? one : best), null)
}

/** The seqs of the snapshots that are whole: none is greater than those of the calls it must be completed with. */
export async function readSnapshotSeqs({ current, previous }: SnapshotPaths): Promise<readonly number[]> {
  const found = await Promise.all([current, previous].map(readWhole))
  const seqs = found.flatMap((one) => (one === null ? [] : [one.seq]))
  return seqs.length === 0 ? [0] : seqs
}

function hashOf(header: Buffer, snapshot: Uint8Array): Buffer {
  return createHash('sha256').update(header.subarray(seqOffset, hashOffset)).update(snapshot).digest()
}

async function readWhole(path: string): Promise<TotalsSnapshot | null> {
  const bytes = await readFile(path).catch(absentAsNull)
  if (bytes === null || bytes.length < headerBytes) return null
  if (bytes.toString('latin1', 0, 4) !== magic || bytes.readUInt32LE(4) !== formatVersion) return null
  const snapshot = new Uint8Array(bytes.subarray(headerBytes))
  if (!hashOf(bytes, snapshot).equals(bytes.subarray(hashOffset, headerBytes))) return null
  return { seq: bytes.readDoubleLE(seqOffset), snapshot }
}

async function renameIfPresent(from: string, to: string): Promise<void> {
  await rename(from, to).catch(absentAsNull)
}

function absentAsNull(cause: NodeJS.ErrnoException): null {
  if (cause.code === 'ENOENT') return null
  throw cause
}

/** A rename is durable only when its directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
