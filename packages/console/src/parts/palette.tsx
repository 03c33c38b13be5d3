import { useMemo, useState } from 'react'
import { useKnownValues } from '../known-values.ts'
import { routes } from '../routes.tsx'
import { chooseTheme, themes } from '../theme.ts'
import { presets } from '../time-range.ts'
import { changeView, filterNames, go, linkTo } from '../url.ts'
import { Modal } from './modal.tsx'

interface Command {
  readonly group: string
  readonly text: string
  readonly run: () => void
}

const shownAtMost = 12

/** Ctrl-K: one field that goes to any page, range, filter or theme. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const commands = useCommands()
  const found = useMemo(() => findCommands(commands, typed), [commands, typed])
  const run = (command: Command | undefined) => {
    if (command === undefined) return
    onClose()
    command.run()
  }
  return (
    <Modal title="Go to" className="palette" onClose={onClose}>
      <input
        data-autofocus
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found.length > 0 ? `palette-${at}` : undefined}
        aria-label="Page, range, filter or theme"
        placeholder="Page, range, service, model …"
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value)
          setAt(0)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') run(found[at])
          const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
          if (by === 0) return
          event.preventDefault()
          setAt((at + by + found.length) % Math.max(1, found.length))
        }}
      />
      <div id="palette-list" role="listbox" aria-label="Found">
        {found.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          <div
            key={`${command.group} ${command.text}`}
            id={`palette-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className="palette-row"
            onClick={() => run(command)}
          >
            <span className="faint">{command.group}</span> {command.text}
          </div>
        ))}
      </div>
    </Modal>
  )
}

function useCommands(): readonly Command[] {
  const known = useKnownValues()
  return useMemo(
    () => [
      ...routes.flatMap(({ path, title, icon }) =>
        icon === undefined ? [] : [{ group: 'Page', text: title, run: () => go(linkTo(path)) }],
      ),
      ...presets.map(({ from, to, label }) => ({ group: 'Range', text: label, run: () => changeView({ from, to }) })),
      ...filterNames.flatMap((name) =>
        known[name].map((value) => ({ group: name, text: value, run: () => changeView({ [name]: [value] }) })),
      ),
      { group: 'Filter', text: 'Show everything', run: () => changeView({ service: [], provider: [], model: [] }) },
      ...themes.map((theme) => ({ group: 'Theme', text: theme, run: () => chooseTheme(theme) })),
    ],
    [known],
  )
}

/** All words that were typed, in any order. */
function findCommands(commands: readonly Command[], typed: string): readonly Command[] {
  const words = typed.toLowerCase().split(/\s+/)
  return commands
    .filter(({ group, text }) => words.every((word) => `${group} ${text}`.toLowerCase().includes(word)))
    .slice(0, shownAtMost)
}
