/** The command key of this system, by name and by event. */
const apple = /Mac|iPhone|iPad/.test(navigator.platform)
export const commandKey = apple ? '⌘' : 'Ctrl'
export const hasCommand = (event: KeyboardEvent): boolean =>
  (apple ? event.metaKey : event.ctrlKey) && !event.altKey
