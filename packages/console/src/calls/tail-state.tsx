import { formatClock } from '../numbers.ts'
import type { Tail } from './use-tail.ts'

/** What the live list shows and what it does not. */
export function TailState({ tail, onStop }: { readonly tail: Tail; readonly onStop: () => void }) {
  const { count, sinceMs, ended, hasSkipped } = tail
  return (
    <p className={ended === null ? 'tail-state' : 'tail-state problem'} role="status">
      {ended === null
        ? `${count.toLocaleString('en-US')} ${count === 1 ? 'call' : 'calls'} since ${formatClock(sinceMs)}, newest first`
        : `The live list has ended: ${ended}.`}
      {hasSkipped && ' Some came too fast to be shown here; the table has them all.'}
      {ended !== null && (
        <button type="button" className="text-button" onClick={onStop}>
          Show the table
        </button>
      )}
    </p>
  )
}
