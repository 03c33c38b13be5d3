// Runs before the first paint, so that a chosen theme does not flash. Without a choice the system's is followed, in theme.css.
;(() => {
  try {
    const theme = localStorage.getItem('inferometer.theme')
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  } catch (error) {
    console.warn('The chosen theme cannot be read', error)
  }
})()
