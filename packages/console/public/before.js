// Runs before everything else and before the first paint.

// The theme that is chosen, or the system's: neither flashes. theme.ts keeps it from here on.
;(() => {
  let chosen = null
  try {
    chosen = localStorage.getItem('inferometer.theme')
  } catch (error) {
    console.warn('The chosen theme cannot be read', error)
  }
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  document.documentElement.dataset.theme = chosen === 'light' || chosen === 'dark' ? chosen : system
})()

// The server's policy lets no text become HTML. The chart library empties an element in that way: nothing may.
if ('trustedTypes' in window) {
  window.trustedTypes.createPolicy('default', {
    createHTML: (text) => {
      if (text !== '') throw new TypeError('Cannot make HTML of text')
      return text
    },
  })
}
