/** The keys of every page, the command palette, and the list of keys. */
import { useEffect, useState } from 'react'
import { refreshNow } from '../clock.ts'
import { go, linkTo } from '../url.ts'
import { Modal } from './modal.tsx'
import { Palette } from './palette.tsx'
import { timeChoiceId } from './time-choice.tsx'

const keys: readonly (readonly [string, string])[] = [
  ['Ctrl K', 'Go anywhere: pages, ranges, filters'],
  ['/', 'Search calls'],
  ['t', 'Choose the time range'],
  ['r', 'Refresh now'],
  ['↑ ↓', 'Walk the rows of a table'],
  ['Enter', 'Open'],
  ['← → Home End', 'on a chart: read its values'],
  ['Esc', 'Close'],
  ['?', 'These keys'],
]

export function Keys() {
  const [open, setOpen] = useState<'palette' | 'keys' | null>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        setOpen('palette')
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const act = actions[event.key]
      if (event.key === '?') setOpen('keys')
      else if (act !== undefined) {
        event.preventDefault()
        act()
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  if (open === 'palette') return <Palette onClose={() => setOpen(null)} />
  if (open === null) return null
  return (
    <Modal title="Keys" onClose={() => setOpen(null)}>
      <dl className="keys">
        {keys.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}

const actions: Readonly<Record<string, () => void>> = {
  r: refreshNow,
  t: () => document.getElementById(timeChoiceId)?.click(),
  '/': () => go(linkTo('/calls', { focus: 'search' })),
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return (
    target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('dialog') !== null
  )
}
