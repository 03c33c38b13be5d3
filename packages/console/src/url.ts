/**
 * Everything that a view is lives in the address, so that Back works and a link is a view. The names are Grafana's
 * (`from`, `to`, `var-service`, `refresh`, `viewPanel`): an address of the one opens in the other.
 */
import { useMemo, useSyncExternalStore } from 'react'

export const refreshes = ['off', '5s', '30s'] as const
export type Refresh = (typeof refreshes)[number]
/** What narrows every page. */
export const filterNames = ['service', 'provider', 'model'] as const
export type FilterName = (typeof filterNames)[number]

export interface View extends Readonly<Record<FilterName, readonly string[]>> {
  /** `now-6h`, `now/d`, or milliseconds since the Unix epoch as digits. */
  readonly from: string
  readonly to: string
  readonly refresh: Refresh
}

export const defaultView: View = { from: 'now-6h', to: 'now', refresh: '30s', service: [], provider: [], model: [] }

/** Where the console is mounted: `/` on its own port, `/console/` on that of the API. */
const base = new URL(document.baseURI).pathname
const changed = 'inferometer:address'

export interface Address {
  /** Below the mount: `/d/llm-cost-dashboard`. */
  readonly path: string
  readonly search: string
}

function subscribe(onChange: () => void): () => void {
  for (const name of ['popstate', changed]) window.addEventListener(name, onChange)
  return () => {
    for (const name of ['popstate', changed]) window.removeEventListener(name, onChange)
  }
}

const readPath = () => `/${location.pathname.slice(base.length)}`.replace(/(.)\/+$/, '$1')

/** The address; the component is drawn again when it changes. */
export function useAddress(): Address {
  const path = useSyncExternalStore(subscribe, readPath)
  const search = useSyncExternalStore(subscribe, () => location.search)
  return useMemo(() => ({ path, search }), [path, search])
}

export function useView(): View {
  const { search } = useAddress()
  return useMemo(() => readView(search), [search])
}

export function readView(search: string): View {
  const params = new URLSearchParams(search)
  const refresh = params.get('refresh')
  const all = (name: FilterName) =>
    params.getAll(`var-${name}`).filter((value) => value !== '$__all' && value !== 'All')
  return {
    from: params.get('from') ?? defaultView.from,
    to: params.get('to') ?? defaultView.to,
    refresh: refresh === '' ? 'off' : (refreshes.find((one) => one === refresh) ?? defaultView.refresh),
    service: all('service'),
    provider: all('provider'),
    model: all('model'),
  }
}

function writeView(params: URLSearchParams, view: View): void {
  for (const name of ['from', 'to', 'refresh'] as const) {
    if (view[name] === defaultView[name]) params.delete(name)
    else params.set(name, view[name])
  }
  for (const name of filterNames) {
    params.delete(`var-${name}`)
    for (const value of view[name]) params.append(`var-${name}`, value)
  }
}

/** The address of another page with the range and filters of this one; `params` belong to that page. */
export function linkTo(
  path: string,
  params: Readonly<Record<string, string>> = {},
  change: Partial<View> = {},
): string {
  const search = new URLSearchParams()
  writeView(search, { ...readView(location.search), ...change })
  for (const [name, value] of Object.entries(params)) search.set(name, value)
  const query = search.toString()
  return `${base}${path.replace(/^\//, '')}${query === '' ? '' : `?${query}`}`
}

export interface Step {
  /** The address is replaced: Back goes to the one before it. */
  readonly replace?: boolean
}

/** Goes to an address made by `linkTo`. */
export function go(href: string, { replace = false }: Step = {}): void {
  if (href === `${location.pathname}${location.search}`) return
  history[replace ? 'replaceState' : 'pushState'](null, '', href)
  window.dispatchEvent(new Event(changed))
}

/** Changes range, filters or refresh of this page; what else its address says stays. */
export function changeView(change: Partial<View>, step: Step = {}): void {
  const params = new URLSearchParams(location.search)
  writeView(params, { ...readView(location.search), ...change })
  goWith(params, step)
}

/** One parameter that belongs to a page, and how to change it. Null is not there. */
export function useParam(name: string): readonly [string | null, (value: string | null, step?: Step) => void] {
  const { search } = useAddress()
  const value = useMemo(() => new URLSearchParams(search).get(name), [search, name])
  return [value, (next, step) => changeParams({ [name]: next }, step)]
}

export function changeParams(change: Readonly<Record<string, string | null>>, step: Step = {}): void {
  const params = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(change)) {
    if (value === null) params.delete(name)
    else params.set(name, value)
  }
  goWith(params, step)
}

function goWith(params: URLSearchParams, step: Step): void {
  const query = params.toString()
  go(`${location.pathname}${query === '' ? '' : `?${query}`}`, step)
}
