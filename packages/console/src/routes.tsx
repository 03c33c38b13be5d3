/** Every page: its address, its word and icon in the rail, and the file that draws it, which is loaded when it is opened. */
import { type ComponentType, lazy } from 'react'
import type { IconName } from './parts/icon.tsx'

export interface Route {
  /** `:name` takes one part of the path. */
  readonly path: string
  /** In the title of the window and, with an icon, in the rail. */
  readonly title: string
  readonly icon?: IconName
  readonly page: ComponentType<{ readonly params: Readonly<Record<string, string>> }>
}

const dashboard = lazy(() => import('./pages/dashboard-page.tsx'))

/** In the order of the rail. */
export const routes: readonly Route[] = [
  { path: '/', title: 'Overview', icon: 'overview', page: lazy(() => import('./pages/overview-page.tsx')) },
  { path: '/d/llm-latency-ttft-dashboard', title: 'Latency', icon: 'latency', page: dashboard },
  { path: '/d/llm-cost-dashboard', title: 'Cost', icon: 'cost', page: dashboard },
  { path: '/d/llm-error-retry-dashboard', title: 'Errors', icon: 'errors', page: dashboard },
  { path: '/d/llm-security-safety-dashboard', title: 'Safety', icon: 'safety', page: dashboard },
  { path: '/calls', title: 'Calls', icon: 'calls', page: lazy(() => import('./pages/calls-page.tsx')) },
  { path: '/calls/:trace/:span', title: 'Call', page: lazy(() => import('./pages/call-page.tsx')) },
  { path: '/findings', title: 'Findings', icon: 'search', page: lazy(() => import('./pages/findings-page.tsx')) },
  { path: '/spend', title: 'Spend', icon: 'spend', page: lazy(() => import('./pages/spend-page.tsx')) },
  { path: '/prices', title: 'Prices', icon: 'prices', page: lazy(() => import('./pages/prices-page.tsx')) },
  { path: '/health', title: 'Health', icon: 'health', page: lazy(() => import('./pages/health-page.tsx')) },
  { path: '/runbooks/:alert', title: 'Runbook', page: lazy(() => import('./pages/runbook-page.tsx')) },
  { path: '/d/:uid', title: 'Dashboard', page: dashboard },
]

export interface Match {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

export function findRoute(path: string): Match | null {
  for (const route of routes) {
    const params = matchPath(route.path, path)
    if (params !== null) return { route, params }
  }
  return null
}

function matchPath(pattern: string, path: string): Record<string, string> | null {
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  if (wanted.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (part.startsWith(':')) params[part.slice(1)] = decodePart(value)
    else if (part !== value) return null
  }
  return params
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
