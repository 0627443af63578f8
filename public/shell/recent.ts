/** The functions looked at last, for the sidebar. */
import { store } from '../alpine.js'
import { read, write } from './local-storage.js'

interface Seen {
  id: string
  name: string
}
const most = 5
const isSeen = (value: unknown): value is Seen =>
  typeof value === 'object' && value !== null && 'id' in value && 'name' in value

const kept = read('recent')
export const recent = store('recent', {
  list: (Array.isArray(kept) ? kept.filter(isSeen) : []) as Seen[]
})

export function remember(seen: Seen): void {
  // Its place stays while it is among them: a list that jumps about is hard to use.
  const known = recent.list.some(item => item.id === seen.id)
  recent.list = known
    ? recent.list.map(item => (item.id === seen.id ? seen : item))
    : [seen, ...recent.list].slice(0, most)
  write('recent', recent.list)
}

/** Its id where it is not among them. */
export const nameOfRecent = (id: string): string =>
  recent.list.find(item => item.id === id)?.name ?? id

export function forget(id: string): void {
  recent.list = recent.list.filter(item => item.id !== id)
  write('recent', recent.list)
}
