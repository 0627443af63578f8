/**
 * Shows the page of the address. A page may hold unsaved work: then leaving it asks first. Markup of a page is
 * in `<template id="page-…">` of the shell; putting a copy into the outlet is all it takes, Alpine does the rest.
 */
import { store } from '../alpine.js'
import { ownLocation, ownPathname, toBrowserPath, toOwnPath } from '../base-path.js'
import type { Route } from './routes.js'
import { toRoute } from './routes.js'
import { followScroll, restoreScroll, saveScroll } from './scroll.js'

/** Answers whether the page may be left now. */
export type Guard = (to: Route) => boolean | Promise<boolean>

export const route = store('route', {
  ...toRoute(ownPathname()),
  query: location.search,
  path: ownPathname()
})

/** The innermost last: a dialog within a form within a page. */
let guards: Guard[] = []
let shown = ''
let current = ownLocation()

/** Adds what is asked before the present page is left, ahead of all others. Gives the way to ask no more. */
export function guardLeaving(asked: Guard): () => void {
  guards.push(asked)
  return () => {
    guards = guards.filter(guard => guard !== asked)
  }
}

/** Shows what the address says, from where it was left when it is an entry of the history. */
function apply(): void {
  showPage()
  restoreScroll()
}

function showPage(): void {
  const next = toRoute(ownPathname())
  Object.assign(route, next, { query: location.search, path: ownPathname() })
  current = ownLocation()
  const key = `${next.page} ${next.id}`
  if (key === shown) return
  shown = key
  guards = []
  const outlet = document.getElementById('main')
  const template = document.getElementById(`page-${next.page}`)
  if (!outlet || !(template instanceof HTMLTemplateElement)) {
    throw new Error(`There is no page called ${next.page}`)
  }
  outlet.replaceChildren(template.content.cloneNode(true))
  scrollTo(0, 0)
}

/** Asks the innermost first; whoever keeps the reader is the last that is asked. */
export async function mayLeave(to: string): Promise<boolean> {
  const next = toRoute(new URL(to, location.origin).pathname)
  for (const guard of guards.toReversed()) if (!(await guard(next))) return false
  return true
}

/**
 * What the page shows (a search, filters) goes into its address, so that Back, a reload and a copied link give it
 * again. No step of the history is added. Empty values are left out.
 */
export function keepInAddress(values: Readonly<Record<string, string>>): void {
  const search = new URLSearchParams(
    Object.entries(values).filter(([, value]) => value !== '')
  ).toString()
  const query = search === '' ? '' : `?${search}`
  if (query === location.search) return
  history.replaceState(history.state, '', location.pathname + query)
  current = ownPathname() + query
  route.query = query
}

/** What the address says under these names; '' where it says nothing. */
export function readAddress<const Name extends string>(...names: Name[]): Record<Name, string> {
  const search = new URLSearchParams(location.search)
  return Object.fromEntries(names.map(name => [name, search.get(name) ?? ''])) as Record<
    Name,
    string
  >
}

/**
 * Goes to an address of the dashboard; false when the present page keeps the reader. `asked`: that has been asked
 * already.
 */
export async function navigate(
  to: string,
  how: { replace?: boolean; asked?: boolean } = {}
): Promise<boolean> {
  if (to === current) return true
  if (!how.asked && !(await mayLeave(to))) return false
  if (!how.replace) saveScroll()
  history[how.replace ? 'replaceState' : 'pushState'](null, '', toBrowserPath(to))
  const page = shown
  apply()
  if (shown !== page) document.getElementById('main')?.focus({ preventScroll: true })
  return true
}

const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey

function onClick(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (!link || event.defaultPrevented || !isPlainClick(event)) return
  if (
    link.origin !== location.origin ||
    link.target !== '' ||
    link.dataset['external'] !== undefined ||
    link.hash !== ''
  ) {
    return
  }
  const path = toOwnPath(link.pathname)
  if (path === undefined) return
  event.preventDefault()
  navigate(path + link.search)
}

async function onPopState(): Promise<void> {
  const to = ownLocation()
  if (to === current) return
  if (guards.length > 0) {
    const state: unknown = history.state
    // Stay where we were while asking; the address must not run ahead of the page.
    history.pushState(null, '', toBrowserPath(current))
    if (!(await mayLeave(to))) return
    history.replaceState(state, '', toBrowserPath(to))
  }
  apply()
}

export function startRouter(): void {
  document.addEventListener('click', onClick)
  addEventListener('popstate', onPopState)
  followScroll()
  apply()
}
