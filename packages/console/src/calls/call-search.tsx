import { type FormEvent, useEffect, useRef, useState } from 'react'
import { formatMs, formatUsdExactly } from '../numbers.ts'
import { Icon } from '../parts/icon.tsx'
import { Popover } from '../parts/popover.tsx'
import { changeParams, useAddress, useParam } from '../url.ts'
import { readFilters, readTyped } from './calls-query.ts'
import { type FilterField, filterFields, filterGroups } from './filter-fields.ts'

/** One field that searches texts and takes filters as words, the filters in force, and a form for those who do not type them. */
export function CallSearch() {
  const [text] = useParam('search')
  const [focus] = useParam('focus')
  const [typed, setTyped] = useState(text ?? '')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => setTyped(text ?? ''), [text])
  useEffect(() => {
    if (focus !== 'search') return
    input.current?.focus()
    changeParams({ focus: null }, { replace: true })
  }, [focus])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { text: words, filters } = readTyped(typed)
    setTyped(words)
    changeParams({ ...filters, search: words === '' ? null : words })
  }
  return (
    <div className="calls-search">
      <search>
        <form onSubmit={submit}>
          <Icon name="search" size={14} />
          <input
            ref={input}
            type="search"
            aria-label="Search calls"
            title='What a kept text, an error or an id contains; or words such as status:error latency>2s user:"Ada L." tool:search'
            placeholder="Search texts, errors and ids, or status:error latency>2s"
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') event.currentTarget.blur()
            }}
          />
        </form>
      </search>
      <Popover title="Add a filter" label="Filter" align="right">
        {(close) => <FilterForm onDone={close} />}
      </Popover>
      <FilterChips />
    </div>
  )
}

function FilterChips() {
  const { search } = useAddress()
  const filters = readFilters(search)
  const [text, setText] = useParam('search')
  if (filters.length === 0 && !text) return null
  return (
    <ul className="chips" aria-label="Filters in force">
      {text && <Chip label="Contains" value={text} onRemove={() => setText(null)} />}
      {filters.map(({ field, value }) => (
        <Chip
          key={field.name}
          label={field.label}
          value={describeValue(field, value)}
          onRemove={() => changeParams({ [field.name]: null })}
        />
      ))}
    </ul>
  )
}

/** Nobody thinks in micro-dollars. */
function describeValue({ unit }: FilterField, value: string): string {
  if (unit === 'µ$') return formatUsdExactly(Number(value) / microPerUsd)
  if (unit === 'ms') return formatMs(Number(value))
  return unit === undefined ? value : `${value} ${unit}`
}

const microPerUsd = 1_000_000
const toMicro = (usd: string): string => String(Math.round(Number(usd) * microPerUsd))

interface ChipProps {
  readonly label: string
  readonly value: string
  readonly onRemove: () => void
}

function Chip({ label, value, onRemove }: ChipProps) {
  return (
    <li className="chip">
      <span className="faint">{label}</span> {value === '' ? 'none' : value}
      <button type="button" aria-label={`Remove ${label} ${value}`} onClick={onRemove}>
        <Icon name="close" size={12} />
      </button>
    </li>
  )
}

function FilterForm({ onDone }: { readonly onDone: () => void }) {
  const [name, setName] = useState('status')
  const field = filterFields.find((one) => one.name === name) ?? (filterFields[0] as FilterField)
  const [value, setValue] = useState('')
  const chosen = value === '' ? (field.choices?.[0] ?? '') : value
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (chosen !== '') changeParams({ [field.name]: field.unit === 'µ$' ? toMicro(chosen) : chosen })
    onDone()
  }
  return (
    <form className="filter-form" onSubmit={submit}>
      <label>
        Field
        <select
          className="button"
          value={name}
          onChange={({ target }) => {
            setName(target.value)
            setValue('')
          }}
        >
          {filterGroups.map((group) => (
            <optgroup key={group} label={group}>
              {filterFields
                .filter((one) => one.group === group)
                .map((one) => (
                  <option key={one.name} value={one.name}>
                    {one.label}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
      <label htmlFor="filter-value">{field.unit ? `Value in ${field.unit.replace('µ', '')}` : 'Value'}</label>
      {field.choices ? (
        <select id="filter-value" className="button" value={chosen} onChange={({ target }) => setValue(target.value)}>
          {field.choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          id="filter-value"
          value={value}
          inputMode={field.unit ? 'decimal' : 'text'}
          onChange={({ target }) => setValue(target.value)}
        />
      )}
      <button type="submit" className="button primary">
        Apply
      </button>
    </form>
  )
}
