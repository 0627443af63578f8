/** Runs before the first paint, so that a chosen theme and language never flash as another. */
try {
  const root = document.documentElement
  root.dataset['theme'] = JSON.parse(localStorage.getItem('moonlet.theme') ?? '"auto"')
  root.lang = JSON.parse(localStorage.getItem('moonlet.locale') ?? '"en"')
} catch {
  // No storage, or nothing of use in it: the system's theme it is.
}

export {}
