/** What the browser remembers for this dashboard. A browser that refuses storage just forgets. */
const prefix = 'moonlet.'

export function read(name: string): unknown {
  try {
    const text = localStorage.getItem(prefix + name)
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

export function write(name: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(prefix + name)
    else localStorage.setItem(prefix + name, JSON.stringify(value))
  } catch {
    // Storage is full or forbidden: the page works without its memory.
  }
}
