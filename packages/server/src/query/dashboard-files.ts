/** The dashboards as they are shown now: the catalogue, with edits of their files, which are looked at again now and then. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { dashboards } from '@inferometer/core/panels'
import type { ShownDashboard } from '@inferometer/core/panels/answer'
import type { Dashboard } from '@inferometer/core/panels/panel'
import { applyEdits, showDashboard } from './edited-dashboard.ts'

export interface DashboardFiles {
  /** As of at most `staleMs` ago. */
  list(): Promise<readonly ShownDashboard[]>
}

export interface DashboardFilesOptions {
  /** Null: there are no files, and nothing is edited. */
  readonly dir: string | null
  readonly now: () => number
}

/** An edit is seen by whoever asks this much later. */
const staleMs = 5_000

interface Read {
  /** What the file was when it was read. */
  readonly stamp: string
  readonly shown: ShownDashboard
}

export function createDashboardFiles({ dir, now }: DashboardFilesOptions): DashboardFiles {
  const reads = new Map<string, Read>()
  let checkedMs = Number.NEGATIVE_INFINITY
  let listing: Promise<readonly ShownDashboard[]> | null = null
  const readAgain = async (dashboard: Dashboard): Promise<ShownDashboard> => {
    const path = dir === null ? null : join(dir, `${dashboard.uid}.json`)
    const stamp = path === null ? 'none' : await readStamp(path)
    const last = reads.get(dashboard.uid)
    if (last?.stamp === stamp) return last.shown
    const shown = path === null || stamp === 'none' ? showDashboard(dashboard) : await readEdits(dashboard, path, last)
    reads.set(dashboard.uid, { stamp, shown })
    return shown
  }
  return {
    list() {
      if (listing === null || now() - checkedMs >= staleMs) {
        checkedMs = now()
        listing = Promise.all(dashboards.map(readAgain))
      }
      return listing
    },
  }
}

async function readStamp(path: string): Promise<string> {
  const found = await stat(path).catch(() => null)
  return found === null ? 'none' : `${found.ino} ${found.size} ${found.mtimeMs}`
}

/** A file that cannot be read keeps what was shown before, and the dashboard says so. */
async function readEdits(dashboard: Dashboard, path: string, last: Read | undefined): Promise<ShownDashboard> {
  try {
    return applyEdits(dashboard, JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const before = last?.shown ?? showDashboard(dashboard)
    return { ...before, notes: [`${dashboard.uid}.json cannot be read, and what was shown before is kept: ${why}`] }
  }
}
