import { useSyncExternalStore } from 'react'

const narrow = matchMedia('(max-width: 600px)')

/** Where tables become cards. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      narrow.addEventListener('change', onChange)
      return () => narrow.removeEventListener('change', onChange)
    },
    () => narrow.matches,
  )
}
