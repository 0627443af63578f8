/**
 * Links of the dashboard, which are written as its own addresses, lead to where it lives: whatever puts them into the
 * page, or changes them, the path of the server comes in front before anybody can follow them.
 */
import { basePath, toBrowserPath } from '../base-path.js'

/** What was written last by this module: the same text again is not to be lengthened. */
const placed = new WeakMap<Element, string>()

function place(link: Element): void {
  const href = link.getAttribute('href') ?? ''
  if (!/^\/(?!\/)/.test(href) || placed.get(link) === href) return
  const address = toBrowserPath(href)
  placed.set(link, address)
  link.setAttribute('href', address)
}

function placeAll(root: Element): void {
  if (root.matches('a[href]')) place(root)
  for (const link of root.querySelectorAll('a[href]')) place(link)
}

/** Does nothing where the dashboard is at the top of its host. */
export function placeLinks(): void {
  if (basePath() === '') return
  placeAll(document.documentElement)
  new MutationObserver(changes => {
    for (const { type, target, addedNodes } of changes) {
      if (type === 'attributes' && target instanceof HTMLAnchorElement) place(target)
      for (const node of addedNodes) if (node instanceof Element) placeAll(node)
    }
  }).observe(document.documentElement, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['href']
  })
}
