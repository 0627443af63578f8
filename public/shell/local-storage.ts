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

/** False: it is not remembered. */
export function write(name: string, value: unknown): boolean {
  try {
    if (value === undefined) localStorage.removeItem(prefix + name)
    else localStorage.setItem(prefix + name, JSON.stringify(value))
    return true
  } catch {
    // Storage is full or forbidden: the page works without its memory.
    return false
  }
}

/** Tells whether something is there whenever another tab has changed it. Gives the way to follow no more. */
export function followOthers(name: string, then: (isThere: boolean) => void): () => void {
  const onStorage = ({ key, newValue }: StorageEvent): void => {
    // No key: all has been cleared.
    if (key === null || key === prefix + name) then(newValue !== null)
  }
  addEventListener('storage', onStorage)
  return () => {
    removeEventListener('storage', onStorage)
  }
}
