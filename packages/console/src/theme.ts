/** Light and dark: the system's until somebody chooses. before.js applies the choice before the first paint. */
import { useSyncExternalStore } from 'react'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const storageName = 'inferometer.theme'
const changed = 'inferometer:theme'
const isDarkSystem = matchMedia('(prefers-color-scheme: dark)')

export function readTheme(): Theme {
  const chosen = document.documentElement.dataset.theme
  return themes.find((theme) => theme === chosen) ?? 'system'
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') {
    delete document.documentElement.dataset.theme
    localStorage.removeItem(storageName)
  } else {
    document.documentElement.dataset.theme = theme
    localStorage.setItem(storageName, theme)
  }
  window.dispatchEvent(new Event(changed))
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener(changed, onChange)
  isDarkSystem.addEventListener('change', onChange)
  return () => {
    window.removeEventListener(changed, onChange)
    isDarkSystem.removeEventListener('change', onChange)
  }
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, readTheme)
}

/** What is on screen: for what is drawn on a canvas and cannot read the style sheet. */
export function useIsDark(): boolean {
  return useSyncExternalStore(subscribe, () => {
    const theme = readTheme()
    return theme === 'system' ? isDarkSystem.matches : theme === 'dark'
  })
}

/** The value of a token of theme.css. */
export function readToken(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}
