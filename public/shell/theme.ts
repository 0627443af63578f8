/** Light, dark, or as the system says. boot.ts sets it before the first paint. */
import { store } from '../alpine.js'
import { write } from './local-storage.js'

export type Theme = 'auto' | 'light' | 'dark'
const themes: readonly string[] = ['auto', 'light', 'dark']
const current = document.documentElement.dataset['theme'] as Theme | undefined

const listeners = new Set<() => void>()

export const theme = store('theme', {
  chosen: current ?? 'auto',
  choose(name: string) {
    if (!themes.includes(name)) return
    this.chosen = name as Theme
    document.documentElement.dataset['theme'] = name
    write('theme', name)
    for (const listener of listeners) listener()
  }
})

/** Tells when colours changed; gives the way to stop listening. */
export function onThemeChange(listener: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  listeners.add(listener)
  system.addEventListener('change', listener)
  return () => {
    listeners.delete(listener)
    system.removeEventListener('change', listener)
  }
}
