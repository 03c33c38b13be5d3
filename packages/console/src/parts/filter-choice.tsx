import { useState } from 'react'
import { useKnownValues } from '../known-values.ts'
import { changeView, type FilterName, useView } from '../url.ts'
import { Icon } from './icon.tsx'
import { Popover } from './popover.tsx'

const words: Readonly<Record<FilterName, string>> = { service: 'Service', provider: 'Provider', model: 'Model' }
const shownAtMost = 200

/** Chooses some of the services, providers or models; none chosen is all of them. */
export function FilterChoice({ name }: { readonly name: FilterName }) {
  const chosen = useView()[name]
  const label = chosen.length === 0 ? 'all' : chosen.length === 1 ? chosen[0] : `${chosen.length} chosen`
  return (
    <Popover
      title={words[name]}
      className={chosen.length === 0 ? 'button' : 'button chosen'}
      label={
        <span className={chosen.length === 0 ? 'filter-label none' : 'filter-label'}>
          <span className="faint">{words[name]}</span>
          <span className="filter-value">{label}</span>
          <Icon name="down" size={12} />
        </span>
      }
    >
      {() => <FilterPanel name={name} chosen={chosen} />}
    </Popover>
  )
}

function FilterPanel({ name, chosen }: { readonly name: FilterName; readonly chosen: readonly string[] }) {
  const [typed, setTyped] = useState('')
  const known = useKnownValues()[name]
  const values = [...chosen.filter((value) => !known.includes(value)), ...known]
  const found = values.filter((value) => value.toLowerCase().includes(typed.toLowerCase()))
  const toggle = (value: string) =>
    changeView({ [name]: chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value] })
  return (
    <div className="filter-panel">
      <input
        data-autofocus
        type="search"
        aria-label={`Find a ${name}`}
        placeholder={`Find a ${name}`}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={({ key }) => {
          const [first] = found
          if (key === 'Enter' && first !== undefined) toggle(first)
        }}
      />
      <ul className="choices">
        {found.slice(0, shownAtMost).map((value) => (
          <li key={value}>
            <label>
              <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />
              <span className="cut">{value}</span>
            </label>
          </li>
        ))}
        {found.length === 0 && <li className="faint">No {name} like this</li>}
      </ul>
      <button
        type="button"
        className="text-button"
        disabled={chosen.length === 0}
        onClick={() => changeView({ [name]: [] })}
      >
        Show all
      </button>
    </div>
  )
}
