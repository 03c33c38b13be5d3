/** A small process that outlives us: when we are killed it ends the programs, which have nobody else who would. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Guardian {
  add(pid: number): void
  remove(pid: number): void
  /** Lets it end, when no program is left. */
  dismiss(): void
}

/** What the guardian is told. */
export interface GuardianOrder {
  readonly kind: 'add' | 'remove'
  readonly pid: number
}

export function startGuardian(): Guardian {
  const script = fileURLToPath(new URL('./guardian-process.js', import.meta.url))
  // In a group of its own: what is sent to ours must not end it.
  const child = fork(script, { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  child.unref()
  child.channel?.unref()
  const tell = (order: GuardianOrder) => {
    if (child.connected) child.send(order)
  }
  return {
    add: (pid) => tell({ kind: 'add', pid }),
    remove: (pid) => tell({ kind: 'remove', pid }),
    dismiss: () => {
      if (child.connected) child.disconnect()
    },
  }
}
