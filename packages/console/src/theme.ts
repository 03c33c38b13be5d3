/** Light and dark: the system's until somebody chooses. before.js sets the first one, before the first paint. */
import { useSyncExternalStore } from 'react'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const storageName = 'inferometer.theme'
const changed = 'inferometer:theme'
const darkSystem = matchMedia('(prefers-color-scheme: dark)')
let chosen = readStored()

darkSystem.addEventListener('change', apply)

/** A browser that keeps nothing still has themes: until the page is left. */
function readStored(): Theme {
  try {
    const stored = localStorage.getItem(storageName)
    return themes.find((theme) => theme === stored) ?? 'system'
  } catch {
    return 'system'
  }
}

export function chooseTheme(theme: Theme): void {
  chosen = theme
  apply()
  try {
    if (theme === 'system') localStorage.removeItem(storageName)
    else localStorage.setItem(storageName, theme)
  } catch (error) {
    console.warn('The chosen theme cannot be kept', error)
  }
}

function apply(): void {
  const system = darkSystem.matches ? 'dark' : 'light'
  document.documentElement.dataset.theme = chosen === 'system' ? system : chosen
  window.dispatchEvent(new Event(changed))
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener(changed, onChange)
  return () => window.removeEventListener(changed, onChange)
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => chosen)
}

/** What is on screen: for what is drawn on a canvas and cannot read the style sheet. */
export function useIsDark(): boolean {
  return useSyncExternalStore(subscribe, () => document.documentElement.dataset.theme === 'dark')
}

/** The value of a token of theme.css. */
export function readToken(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}
