// Runs before everything else and before the first paint.

// A chosen theme does not flash. Without a choice the system's is followed, in theme.css.
;(() => {
  try {
    const theme = localStorage.getItem('inferometer.theme')
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  } catch (error) {
    console.warn('The chosen theme cannot be read', error)
  }
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
